/**
 * What the service is assembled from beside the public face of the library: the contract, from which its routes, its OpenAPI
 * document and the options of its commands derive. Not covered by semantic versioning: use `latchkey` instead.
 */
export { aboutOf, ADDRESSES, CONTRACT, parametersOf, type About, type Address, type Call, type CommandOption } from './contract/index.js';
export { checkInput } from './contract/read.js';
export { readPath, readWait, REQUEST_SHAPES } from './contract/request.js';
