/** `node --import` of this resolves `electron` to the stand-in that ELECTRON_STAND_IN names (a file URL). */
import { register } from 'node:module';

const hooks = `export async function resolve(specifier, context, next) {
  if (specifier === 'electron') return { url: ${JSON.stringify(process.env.ELECTRON_STAND_IN)}, shortCircuit: true };
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
