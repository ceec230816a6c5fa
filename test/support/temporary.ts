export { temporaryFolder } from '../../framework/testing/temporary-folder';
