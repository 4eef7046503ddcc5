import { backend } from './lib/first';
import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './lib/i18n';
import { last } from './lib/last';
import './styles/type.css';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
if (target) void speak(last().language).finally(() => mount(App, { target, props: { backend } }));
