import { mount } from 'svelte';
import App from './App.svelte';
import { applyPalette } from './lib/palette.ts';
import { signInFromAddress } from './lib/secret.ts';
import './style/base.css';
import './style/patterns.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no element with the id "app"');
applyPalette(document.documentElement);
// Before the page asks anything: what it asks first would be refused.
const refused = await signInFromAddress();
// A printed address that is opened where the page stands already changes the fragment only.
addEventListener('hashchange', () => void (location.hash.startsWith('#token=') && location.reload()));
mount(App, { target, props: { refused } });
