/** Account and region of simulated data. No real account has this id. */
export const SIMULATED_ACCOUNT = '000000000000';
export const SIMULATED_REGION = 'eu-west-1';
