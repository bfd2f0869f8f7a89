// node verify.mjs PACKAGES QUESTIONS: one answer line for each question line, both JSON. Offline.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [packages, questions] = process.argv.slice(2);
const require = createRequire(path.join(packages, 'package.json'));
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { toSignedEntity, toTrustMaterial, Verifier } = require('@sigstore/verify');

// A managed key is found by whatever hint the bundle gives, and is valid always.
const keys = pem => pem && (() => ({
  publicKey: require('node:crypto').createPublicKey(fs.readFileSync(pem)),
  validFor: () => true,
}));

function verify(q) {
  const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(q.TrustedRoot, 'utf8')));
  const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(q.Bundle, 'utf8')));
  const artifact = q.Artifact ? fs.readFileSync(q.Artifact) : Buffer.alloc(0);
  const policy = q.Key ? undefined : { subjectAlternativeName: q.Identity, extensions: { issuer: q.Issuer } };
  new Verifier(toTrustMaterial(root, keys(q.Key) ?? undefined), { tlogThreshold: 1, ctlogThreshold: q.Key ? 0 : 1, timestampThreshold: 1 })
    .verify(toSignedEntity(bundle, artifact), policy);
}

for (const line of fs.readFileSync(questions, 'utf8').split('\n').filter(Boolean)) {
  let answer = { accepted: true };
  try {
    verify(JSON.parse(line));
  } catch (e) {
    answer = { accepted: false, said: [e.code ?? e.name, e.message, e.cause?.message].filter(Boolean).join(': ') };
  }
  console.log(JSON.stringify(answer));
}
