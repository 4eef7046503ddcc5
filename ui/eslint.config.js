import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const onlyBackend = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['@tauri-apps/*'], message: 'Only lib/backend.ts and display/door.ts speak to the till.' },
      ],
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/lib/bindings/'] },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  { files: ['src/**'], rules: onlyBackend },
  { files: ['src/lib/backend.ts', 'src/display/door.ts'], rules: { 'no-restricted-imports': 'off' } },
);
