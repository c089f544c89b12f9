import { contractEndpoints } from '../../endpoints/contract-endpoints.js';

export const usageEndpoints = contractEndpoints('usage', 'Usage');
