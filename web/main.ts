import { mount } from 'svelte';
import App from './App.svelte';
import { applyPalette } from './lib/palette.ts';
import './style/base.css';
import './style/patterns.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no element with the id "app"');
applyPalette(document.documentElement);
mount(App, { target });
