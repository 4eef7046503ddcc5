// A screen is read when it is first asked for, which a busy machine may take its time over.
import { configure } from '@testing-library/svelte';
import { speak } from '../src/lib/i18n';

configure({ asyncUtilTimeout: 5000 });
await speak('en');
