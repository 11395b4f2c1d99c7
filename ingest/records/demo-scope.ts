/** Where what is simulated comes from: an account that nobody can have. */
export const SIMULATED_ACCOUNT = '000000000000';
export const SIMULATED_REGION = 'eu-west-1';
