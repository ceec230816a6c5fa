import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Words that once stood for many things each: docs/glossary.md has the term for each thing. */
const VAGUE = [
  ...['told', 'place', 'places', 'words', 'given', 'standing', 'during', 'together', 'within', 'settle', 'goBack'],
  ...['chiefs', 'agree', 'joined', 'enough', 'corners'],
];

export default tseslint.config(
  { ignores: ['node_modules', 'runs', 'dist', '**/*.js', '**/*.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      'id-denylist': ['error', ...VAGUE],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      // It asks for `x!`, which another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Draw from framework/random: no hidden randomness.' },
        { object: 'tf', property: 'randomNormal', message: 'Draw from framework/random: no hidden randomness.' },
        { object: 'tf', property: 'randomUniform', message: 'Draw from framework/random: no hidden randomness.' },
        { object: 'tf', property: 'dropout', message: 'Use nn/dropout: no hidden randomness.' },
      ],
    },
  },
  {
    files: ['plugins/**/*.ts', 'experiments/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/framework/**', '**/plugins/**', '**/experiments/**'], message: "Import from 'explab'." },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
);
