/**
 * The `ward.yaml` that `ward init` writes: two real servers, everything else by default. Nothing in it depends on the
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
# reaches no network. Tools become usable once their definition is pinned (ward servers pin); these two are pinned for
# the versions that came with Wardmesh.
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
`;
}
