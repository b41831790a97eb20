export { guard } from './guard.ts';
export { type HostRules, hostRules } from './hosts.ts';
export type { Identity } from './identity.ts';
export { ownerSocket, ownerSocketPath } from './owner-socket.ts';
export { type Recogniser, recogniser } from './recognise.ts';
export { signIn } from './sign-in.ts';
export type { Viewer } from './viewer.ts';
