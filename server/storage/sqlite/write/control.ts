/** Control-plane writes (tokens, sessions, settings) and notes of collectors. Runs in the writer's thread. */

import type Database from 'better-sqlite3';
import { traceBytes } from '../../../../ingest/batch/request-id.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { sumTroubles } from '../../key-troubles.ts';
import type { ControlStore, KeyTrouble } from '../../ports.ts';
import type { RetentionPolicy } from '../../questions/retention/types.ts';
import { keyTroubles, parseStored, retentionPolicy } from '../../stored-json.ts';
import { mergeErrors, saveErrorState } from './error-states.ts';
import { addMarker, deleteMarker } from './markers.ts';
import { addReport, deleteReportSchedule, saveReportSchedule } from './reports.ts';
import { saveTags } from './tags.ts';
import {
  addLocalUser,
  changeUser,
  endSessions,
  inviteUser,
  restrictionText,
  saveUser,
  setUserPassword,
} from './users.ts';

/** X-Ray keeps traces for 30 days. */
const TRACE_RETENTION_MS = 31 * DAY_MS;
/** Thirteen months, so that entries of a year ago are still there. */
const AUDIT_RETENTION_MS = 400 * DAY_MS;

type Arguments<K extends keyof ControlStore> = Parameters<ControlStore[K]>;
export type ControlCall = {
  [K in keyof ControlStore]: { readonly name: K; readonly args: Arguments<K> };
}[keyof ControlStore];

/** Sessions of one token, or of the password; beyond them the one that was not used for the longest time ends. */
const MOST_SESSIONS = 200;

function addSession(control: Database.Database, session: Arguments<'addSession'>[0]): void {
  const { sha256, tokenId, createdMs, expiresMs, provider = { sid: null, idToken: null } } = session;
  control
    .prepare(
      `INSERT INTO session (sha256, token_id, created_ms, last_used_ms, expires_ms, provider_session, id_token)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(sha256, tokenId, createdMs, createdMs, expiresMs, provider.sid, provider.idToken);
  control.prepare('UPDATE user SET signed_in_ms = ? WHERE id = ?').run(createdMs, tokenId);
  control
    .prepare(
      `DELETE FROM session WHERE token_id = :tokenId AND sha256 <> :sha256 AND sha256 NOT IN (
         SELECT sha256 FROM session WHERE token_id = :tokenId AND sha256 <> :sha256
         ORDER BY last_used_ms DESC, created_ms DESC LIMIT ${MOST_SESSIONS - 1})`,
    )
    .run({ tokenId, sha256 });
}

/** Executes one call and returns what the port promises. Each call is one durable statement. */
export function applyControl(control: Database.Database, telemetry: Database.Database, call: ControlCall): unknown {
  switch (call.name) {
    case 'addToken': {
      addToken(control, call.args[0]);
      return undefined;
    }
    case 'rotateToken': {
      const [token, old] = call.args;
      return control.transaction(() => {
        addToken(control, token);
        control.prepare('UPDATE token SET expires_ms = ? WHERE id = ?').run(old.expiresMs, old.id);
      })();
    }
    case 'setPassword': {
      const [hash, owner] = call.args;
      return control.transaction(() => {
        control.prepare("DELETE FROM session WHERE token_id = 'password'").run();
        control.prepare("DELETE FROM token WHERE id = 'password'").run();
        control.prepare("DELETE FROM setting WHERE key = 'access.password'").run();
        if (hash === null || owner === null) return;
        addToken(control, owner);
        control.prepare("INSERT INTO setting (key, value) VALUES ('access.password', ?)").run(hash);
      })();
    }
    case 'rehashPassword':
      control.prepare("UPDATE setting SET value = ? WHERE key = 'access.password'").run(call.args[0]);
      return undefined;
    case 'touchSession':
      control.prepare('UPDATE session SET last_used_ms = ? WHERE sha256 = ?').run(call.args[1], call.args[0]);
      return undefined;
    case 'addAudit': {
      const [entry] = call.args;
      control
        .prepare(
          `INSERT INTO audit (at_ms, token_id, name, client, method, path, status)
           VALUES (@atMs, @tokenId, @name, @client, @method, @path, @status)`,
        )
        .run(entry);
      return undefined;
    }
    case 'revokeToken': {
      const [id, nowMs] = call.args;
      return control.transaction(() => {
        control.prepare('DELETE FROM session WHERE token_id = ?').run(id);
        return (
          control.prepare('UPDATE token SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL').run(nowMs, id)
            .changes > 0
        );
      })();
    }
    case 'recordTokenUse': {
      const [uses] = call.args;
      const note = control.prepare('UPDATE token SET last_used_ms = max(ifnull(last_used_ms, 0), ?) WHERE id = ?');
      control.transaction(() => {
        for (const use of uses) note.run(use.atMs, use.id);
      })();
      return undefined;
    }
    case 'addSession': {
      addSession(control, call.args[0]);
      return undefined;
    }
    case 'endSession':
      control.prepare('DELETE FROM session WHERE sha256 = ?').run(call.args[0]);
      return undefined;
    case 'saveUser':
      return control.transaction(() => saveUser(control, call.args[0]))();
    case 'changeUser':
      return control.transaction(() => changeUser(control, call.args[0]))();
    case 'addLocalUser':
      return control.transaction(() => addLocalUser(control, call.args[0]))();
    case 'inviteUser':
      return control.transaction(() => inviteUser(control, call.args[0]))();
    case 'setUserPassword':
      return control.transaction(() => setUserPassword(control, call.args[0]))();
    case 'endSessions':
      return endSessions(control, call.args[0]);
    case 'recordTraceAttempts': {
      const [traceIds, nowMs] = call.args;
      const note = telemetry.prepare(
        `INSERT INTO trace_attempt (trace_id, tries, last_ms) VALUES (?, 1, ?)
         ON CONFLICT DO UPDATE SET tries = tries + 1, last_ms = excluded.last_ms`,
      );
      telemetry.transaction(() => {
        telemetry.prepare('DELETE FROM trace_attempt WHERE last_ms < ?').run(nowMs - TRACE_RETENTION_MS);
        for (const traceId of traceIds) note.run(traceBytes(traceId) ?? traceId, nowMs);
      })();
      return undefined;
    }
    case 'setRetention': {
      const [policy] = call.args;
      if (policy === null) control.prepare("DELETE FROM setting WHERE key = 'retention'").run();
      else {
        control
          .prepare("INSERT INTO setting VALUES ('retention', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
          .run(JSON.stringify(policy));
      }
      return undefined;
    }
    case 'saveErrorState':
      saveErrorState(control, call.args[0]);
      return undefined;
    case 'mergeErrors':
      control.transaction(() => mergeErrors(control, call.args[0]))();
      return undefined;
    case 'addMarker': {
      const [marker, receipt] = call.args;
      return control.transaction(() => addMarker(control, marker, receipt))();
    }
    case 'deleteMarker':
      return deleteMarker(control, call.args[0]);
    case 'saveTags': {
      const [source, functions, nowMs] = call.args;
      control.transaction(() => saveTags(control, source, functions, nowMs))();
      return undefined;
    }
    case 'saveReportSchedule':
      saveReportSchedule(control, call.args);
      return undefined;
    case 'deleteReportSchedule': {
      const [id] = call.args;
      return control.transaction(() => deleteReportSchedule(control, id))();
    }
    case 'addReport': {
      const { args } = call;
      return control.transaction(() => addReport(control, args))();
    }
    case 'noteKeyTroubles': {
      const [added, nowMs] = call.args;
      return noteKeyTroubles(control, added, nowMs);
    }
    case 'markReplayed': {
      const [id, nowMs] = call.args;
      return telemetry.prepare('UPDATE reject SET replayed_ms = ? WHERE id = ?').run(nowMs, id).changes > 0;
    }
  }
}

/** Returns the stored retention policy, or null if there is none or it is invalid; settings apply then. */
export function storedRetention(control: Database.Database): RetentionPolicy | null {
  const text = control.prepare("SELECT value FROM setting WHERE key = 'retention'").pluck().get();
  return typeof text === 'string' ? parseStored(retentionPolicy, text, 'setting retention') : null;
}

const KEY_TROUBLES = 'ingest.key-troubles';

/** Adds to what is stored, and returns the sums. */
function noteKeyTroubles(
  control: Database.Database,
  added: readonly KeyTrouble[],
  nowMs: number,
): readonly KeyTrouble[] {
  const text = control.prepare('SELECT value FROM setting WHERE key = ?').pluck().get(KEY_TROUBLES);
  const stored = typeof text === 'string' ? parseStored(keyTroubles, text, `setting ${KEY_TROUBLES}`) : null;
  const sums = sumTroubles([stored ?? [], added], nowMs);
  if (added.length > 0)
    control
      .prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(KEY_TROUBLES, JSON.stringify(sums));
  return sums;
}

/** Deletes expired sessions, long-unusable tokens without sessions, and old audit entries. */
export function forgetControl(control: Database.Database, nowMs: number): void {
  control.transaction(() => {
    control.prepare('DELETE FROM session WHERE expires_ms < ?').run(nowMs);
    control.prepare('DELETE FROM audit WHERE at_ms < ?').run(nowMs - AUDIT_RETENTION_MS);
    control
      .prepare(
        `DELETE FROM token WHERE min(ifnull(revoked_ms, 9e15), ifnull(expires_ms, 9e15)) < ?
         AND NOT EXISTS (SELECT 1 FROM session WHERE token_id = token.id)
         AND NOT EXISTS (SELECT 1 FROM user WHERE user.id = token.id)`,
      )
      .run(nowMs - AUDIT_RETENTION_MS);
  })();
}

function addToken(control: Database.Database, token: Arguments<'addToken'>[0]): void {
  control
    .prepare(
      'INSERT INTO token (id, name, scope, sha256, created_ms, expires_ms, restriction) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      ...[token.id, token.name, token.scope, token.sha256, token.createdMs, token.expiresMs],
      restrictionText(token.restriction),
    );
}
