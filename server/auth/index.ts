export { guard } from './guard.ts';
export { type HostRules, hostRules } from './hosts.ts';
export { type Identity, turnKeyOf } from './identity.ts';
export { ownerSocket, ownerSocketPath } from './owner-socket.ts';
export { type Recogniser, recogniser, SECRET_HEADER } from './recognise.ts';
export { type SignIn, signInWith } from './sign-in.ts';
export type { Sender, Viewer } from './viewer.ts';
