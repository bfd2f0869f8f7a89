// node sign.mjs PACKAGES ORDER: signs one file as the order (JSON) says and writes the bundle.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [packages, file] = process.argv.slice(2);
const require = createRequire(path.join(packages, 'package.json'));
const { bundleToJSON } = require('@sigstore/bundle');
const { DSSEBundleBuilder, FulcioSigner, MessageSignatureBundleBuilder, RekorWitness, TSAWitness } = require('@sigstore/sign');

const order = JSON.parse(fs.readFileSync(file, 'utf8'));
const limits = { timeout: 60000, retry: 0 };
const options = {
  signer: new FulcioSigner({ fulcioBaseURL: order.fulcio, identityProvider: { getToken: async () => order.token }, ...limits }),
  witnesses: [
    new RekorWitness({ rekorBaseURL: order.rekor, majorApiVersion: order.rekorVersion, entryType: order.entryType, ...limits }),
    ...(order.tsa ? [new TSAWitness({ tsaBaseURL: order.tsa, ...limits })] : []),
  ],
};
try {
  const bundle = order.statement
    ? await new DSSEBundleBuilder(options).create({ data: Buffer.from(order.statement, 'base64'), type: 'application/vnd.in-toto+json' })
    : await new MessageSignatureBundleBuilder(options).create({ data: fs.readFileSync(order.artifact) });
  fs.writeFileSync(order.bundle, JSON.stringify(bundleToJSON(bundle)));
} catch (e) {
  console.error([e.code ?? e.name, e.message, e.cause?.message].filter(Boolean).join(': '));
  process.exitCode = 1;
}
