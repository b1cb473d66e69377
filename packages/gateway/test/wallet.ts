export { SolanaWallet } from '@wardmesh/testkit/solana-wallet';
