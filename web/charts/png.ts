/** A picture of what is drawn on this page, by its label. */

/** PNG of a canvas or of an SVG, as an address of data; null where nothing of that label is drawn. */
export async function chartPng(label: string): Promise<string | null> {
  const selector = `[data-chart="${CSS.escape(label)}"]`;
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas${selector}`);
  if (canvas !== null) return canvas.toDataURL('image/png');
  const svg = document.querySelector<SVGSVGElement>(`svg${selector}`);
  return svg === null ? null : drawn(svg);
}

const STYLES = ['fill', 'stroke', 'stroke-width', 'font', 'opacity'] as const;
const SCALE = 2;

/** The page's style sheet does not travel with a picture: what it gives is written into a copy. */
async function drawn(svg: SVGSVGElement): Promise<string> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const originals = [...svg.querySelectorAll('*')];
  for (const [at, element] of [...copy.querySelectorAll('*')].entries()) {
    const original = originals[at];
    if (original === undefined) continue;
    const style = getComputedStyle(original);
    for (const name of STYLES) element.setAttribute(name, style.getPropertyValue(name));
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width.baseVal.value * SCALE;
  canvas.height = svg.height.baseVal.value * SCALE;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This browser cannot draw pictures');
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--panel').trim();
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
