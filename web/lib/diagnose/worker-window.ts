// The terminal emulator that reads htop screens looks for `window` while it loads; a worker has none, and its own global serves.
Object.assign(globalThis, { window: globalThis });
