import { contractEndpoints } from '../../endpoints/contract-endpoints.js';

export const tierEndpoints = contractEndpoints('tiers', 'Tiers');
