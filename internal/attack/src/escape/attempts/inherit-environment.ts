import { type Attempt, sh } from '../attempt.ts';

export const inheritEnvironment: Attempt = {
  name: 'inherit-environment',
  tried: "find a secret of the gateway's environment in its own",
  stoppedBy: 'cleared environment',
  trial: () => sh('env'),
  reached: (scene, output) => output.includes(scene.token),
};
