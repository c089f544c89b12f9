/**
 * The parts that the service is assembled from. Unstable: they may change in any release.
 *
 * Owns nothing: calls, their shapes and the tables of settings are in contract/.
 */
export {
  aboutOf,
  ADDRESSES,
  CONTRACT,
  KEY_SEARCH,
  mayLack,
  parametersOf,
  unwrapped,
  type About,
  type Address,
  type Call,
  type CommandOption,
  type Part,
} from '../contract/index.js';
export { checkInput } from '../contract/read.js';
export { unknownName } from '../domain/nearest-name.js';
export { readPath, readWait, REQUEST_SHAPES } from '../contract/request.js';
export { defaultText, flagOf, variableOf, type Setting, type SettingRows, type SettingValues } from '../contract/setting.js';
export { duration, flag, integer, list, oneOf, text, type Kind } from '../contract/setting-kinds.js';
export { readRows, type GivenSetting, type SettingNames, type SettingReading } from '../contract/setting-reader.js';
export { DATABASE_SETTINGS, ENGINE_SETTINGS, LIBRARY_SETTINGS, LIMITER_SETTINGS, POLICY_NUMBERS } from '../contract/settings.js';
