// Plain JavaScript, so that an old Node can read it and say in one sentence what it needs.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `Node 24 is needed and this is ${process.version}: run \`npm ci\` (it brings its own Node 24 where the platform has one), or install Node 24.`,
  );
  process.exit(1);
}
await import('./stripped-sources.mjs');
const { start } = await import('./start.ts');
await start(process.argv.slice(2));
