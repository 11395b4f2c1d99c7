/** Files of certificate authorities. */
import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Why a file is not one or more certificates in PEM form; null if it is. */
export function certificateFault(pem: Uint8Array): string | null {
  const blocks = Buffer.from(pem).toString('latin1').match(BLOCK) ?? [];
  if (blocks.length === 0) return 'it has no -----BEGIN CERTIFICATE----- block';
  for (const [at, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch {
      return `its certificate ${at + 1} cannot be read`;
    }
  }
  return null;
}
