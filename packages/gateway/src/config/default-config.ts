/**
 * The `ward.yaml` that `ward init` writes: two real servers and the wallet, everything else by default. Nothing in it depends on the
 * machine; relative paths start at the folder of the file.
 */
export function defaultConfig(): string {
  return `# Wardmesh. Every setting: docs/ward.schema.json. Changes take effect at once; a broken file is refused and the
# old one stays. Relative paths start at the folder of this file. Secrets stand here by reference only:
# {file: PATH} (mode 0600) or {fd: NUMBER}.
version: 1

listen:
  host: 127.0.0.1
  port: 7443

# The MCP servers behind the gateway. Each runs in its own sandbox: it reads and writes what is granted here, and
# reaches no network. Tools become usable once their definition is pinned (ward servers pin); these are pinned for the
# versions that came with Wardmesh.
servers:
  files:
    package: '@modelcontextprotocol/server-filesystem'
    args: ['.']
    cwd: workspace
    write: [workspace]
    # What your files hold is private: together with untrusted input, an outward call then needs your approval.
    labels: [private]
    # read_only runs at once and is recorded; sensitive and destructive are decided by policies/*.cedar.
    tools:
      read_file: { class: read_only, outward: false }
      read_text_file: { class: read_only, outward: false }
      read_media_file: { class: read_only, outward: false }
      read_multiple_files: { class: read_only, outward: false }
      list_directory: { class: read_only, outward: false }
      list_directory_with_sizes: { class: read_only, outward: false }
      list_allowed_directories: { class: read_only, outward: false, labels: [] }
      directory_tree: { class: read_only, outward: false }
      search_files: { class: read_only, outward: false }
      get_file_info: { class: read_only, outward: false }
      create_directory: { class: sensitive, outward: false }
      write_file: { class: destructive, outward: false }
      edit_file: { class: destructive, outward: false }
      move_file: { class: destructive, outward: false }

  everything:
    package: '@modelcontextprotocol/server-everything'
    args: [stdio]
    tools:
      echo: { class: read_only, outward: false }
      get-sum: { class: read_only, outward: false }
      get-tiny-image: { class: read_only, outward: false }
      get-structured-content: { class: read_only, outward: false }
      get-annotated-message: { class: read_only, outward: false }
      get-resource-links: { class: read_only, outward: false }
      get-resource-reference: { class: read_only, outward: false }
      # It shows the environment of its process: nothing of yours is in it, but a model has no need of it.
      get-env: { class: sensitive }
      gzip-file-as-resource: { class: sensitive, outward: true }

  # Payments and escrows on the XRP Ledger. It holds no key: it asks the signer, a process without network that ward up
  # runs in a sandbox of its own. The signer decides each transaction by the policy of its wallet.
  wallet:
    package: '@wardmesh/wallet-mcp'
    # The port is that of wallet.local below.
    args: [--network, local, --endpoint, 'local=ws://127.0.0.1:7450']
    # It may ask the signer, is told which agent asks, and names transactions in receipts. policies/default.cedar lets
    # agents use such tools without an approval here, as the signer asks people itself where a wallet's policy wants them.
    signer: true
    # A transaction is waited for until a ledger has it: up to a minute.
    timeout: 75s
    network:
      - { host: 127.0.0.1, port: 7450 }
      # For the test network, where XRP is worth nothing either; then also: --network testnet above.
      # - { host: s.altnet.rippletest.net, port: 51233 }
      # - { host: testnet.xrpl-labs.com }
      # - { host: faucet.altnet.rippletest.net }
    # Its words are the signer's, and numbers of the ledger. What strangers wrote into memos is not.
    labels: []
    tools:
      wallet_list: { class: read_only, outward: false }
      wallet_balance: { class: read_only, outward: false }
      wallet_history: { class: read_only, outward: false, labels: [untrusted] }
      wallet_policy_check: { class: read_only, outward: false }
      tx_decode: { class: read_only, outward: false, labels: [untrusted] }
      escrow_list: { class: read_only, outward: false }
      escrow_status: { class: read_only, outward: false }
      generate_condition: { class: read_only, outward: false }
      # These make a request; a person finishes it: ward wallet create, ward approvals approve.
      wallet_create: { class: sensitive, outward: false, tier: critical }
      wallet_import: { class: sensitive, outward: false, tier: critical }
      wallet_rotate: { class: sensitive, outward: false, tier: critical }
      policy_set: { class: sensitive, outward: false, tier: critical }
      acknowledge_mainnet: { class: sensitive, outward: false, tier: critical }
      wallet_fund: { class: sensitive, outward: false }
      network_config: { class: sensitive, outward: true }
      # What moves value, for good. Memos carry text to anybody: after private data and untrusted text met in a session,
      # a person approves here too, before the signer is asked.
      wallet_pay: { class: destructive, outward: true, tier: strict }
      wallet_sign: { class: destructive, outward: true, tier: strict }
      tx_submit: { class: destructive, outward: true, tier: strict }
      escrow_create: { class: destructive, outward: true, tier: strict }
      escrow_finish: { class: destructive, outward: true, tier: strict }
      escrow_cancel: { class: destructive, outward: true, tier: strict }
      # It may release what waited; that was fixed, byte for byte, before.
      approval_status: { class: destructive, outward: false, tier: strict }

  # A server of your own, over the network, with its token kept in a file:
  #
  # issues:
  #   url: https://mcp.example.com/mcp
  #   headers:
  #     Authorization: { template: 'Bearer \${secret}', from: { file: secrets/issues.token } }

# Each agent: 100 calls a minute of ordinary tools, 20 of sensitive, 5 in five minutes of destructive ones.
limits:
  concurrency: 10
  timeout: 30s

# A call that needs a person waits for: ward approvals approve ID
approvals:
  ttl: 10m
  quorum: 1
  wait: park

# After untrusted input and private data met in a session, an outward call needs approval (or: deny).
flow:
  decision: approve

audit:
  retention: 7y
  verifyEvery: 7d

policies: policies

# The signer and the ledger that ward up runs beside the gateway; read at the next ward up.
wallet:
  # Network of ward wallet unless it is told one: local, testnet, devnet or mainnet.
  network: local
  # An XRP Ledger of one node, on this machine only; its money is worth nothing. false leaves it out.
  local: { port: 7450, closeEvery: 3s }
  # Nodes of the other networks, in place of the public ones:
  # endpoints: { testnet: ['wss://s.altnet.rippletest.net:51233'] }
`;
}
