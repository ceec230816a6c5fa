export { settingsOf } from '../../framework/testing/settings-of';
