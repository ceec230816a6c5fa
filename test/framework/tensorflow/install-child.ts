/** A setup in a process of its own, of the TensorFlow in the folder that its argument names; prints what is installed as JSON. */
import { messageOf, UserError } from '../../../framework/errors';
import { ensureInstallation } from '../../../framework/tensorflow/install/installation';

const [, , tensorflow = ''] = process.argv;
ensureInstallation({ tensorflow }).then(
  (installation) => console.log(JSON.stringify(installation)),
  (error: unknown) => {
    console.error(error instanceof UserError ? error.text : messageOf(error));
    process.exitCode = error instanceof UserError ? error.exitCode : 99;
  },
);
