import { mount } from 'svelte';
import { follow } from './door';
import CustomerDisplay from './CustomerDisplay.svelte';
import '../styles/type.css';
import '../styles/tokens.css';
import '../styles/base.css';

const target = document.getElementById('display');
if (target) mount(CustomerDisplay, { target, props: { follow } });
