// SPDX-License-Identifier: MPL-2.0
//
// node verify.mjs BUNDLE PUBLIC_KEY SHA256 PREDICATE_TYPE
//
// Verifies a bundle with @sigstore/verify and a public key, offline. The library checks
// the signature alone; payload type, predicate type and subject are the caller's job.
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, Verifier } from "@sigstore/verify";
import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";

const [bundlePath, keyPath, sha256, type] = process.argv.slice(2);
try {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, "utf8")));
  const key = createPublicKey(readFileSync(keyPath));
  const der = key.export({ type: "spki", format: "der" });
  const hint = createHash("sha256").update(der).digest("base64");
  const material = {
    certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
    publicKey: (wanted) => {
      if (wanted !== hint) throw new Error(`the bundle names another key: ${wanted}`);
      return { publicKey: key, validFor: () => true };
    },
  };
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  verifier.verify(toSignedEntity(bundle));
  const envelope = bundle.content.dsseEnvelope;
  if (envelope.payloadType !== "application/vnd.in-toto+json") throw new Error(`payload type ${envelope.payloadType}`);
  const statement = JSON.parse(envelope.payload.toString("utf8"));
  if (statement.predicateType !== type) throw new Error(`predicate type ${statement.predicateType}`);
  if (statement.subject[0].digest.sha256 !== sha256) throw new Error(`about ${statement.subject[0].digest.sha256}`);
} catch (e) {
  console.error(String(e));
  process.exit(1);
}
