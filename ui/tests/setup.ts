// A screen is read when it is first asked for, which a busy machine may take its time over.
import { configure } from '@testing-library/svelte';

configure({ asyncUtilTimeout: 5000 });
