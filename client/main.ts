import { mount } from 'svelte';
import App from './App.svelte';
import { router } from './state/router.svelte.ts';
import { theme } from './state/theme.svelte.ts';
import './styles/font.css';
import 'virtual:colours.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/chart.css';

theme.start();
router.start();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element "app"');
mount(App, { target });
