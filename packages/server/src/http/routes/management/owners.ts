import { contractEndpoints } from '../../endpoints/contract-endpoints.js';

export const ownerEndpoints = contractEndpoints('owners', 'Owners');
