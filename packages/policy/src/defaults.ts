/** Where `ward init` writes {@link DEFAULT_POLICY}, below the configuration's folder. */
export const DEFAULT_POLICY_FILE = 'policies/default.cedar';

/** The policies of a new installation: reading is free, everything else asks a person. */
export const DEFAULT_POLICY = `// What agents may do. Nothing is allowed that no policy here permits; a forbid always wins.
// Check with "ward policy check", try with "ward policy explain", keep tests with "ward policy test".

// Tools that change nothing: freely.
@id("read-only")
permit (
  principal in Ward::Role::"agent",
  action == Ward::Action::"call",
  resource
)
when { resource.class == "read_only" };

// Tools that change something: one person approves each call, but for those of the signer (below).
@id("sensitive-asks")
@approval("1")
permit (
  principal in Ward::Role::"agent",
  action == Ward::Action::"call",
  resource
)
when { resource.class == "sensitive" && !resource.signer };

// Tools that cannot be undone: one person as well; write "2" to ask two.
@id("destructive-asks")
@approval("1")
permit (
  principal in Ward::Role::"agent",
  action == Ward::Action::"call",
  resource
)
when { resource.class == "destructive" && !resource.signer };

// Tools of a server with "signer: true" in ward.yaml, such as the wallet: no approval here, because the signer decides.
// It judges each transaction itself by the policy and the limits of that wallet, and where those want people it asks them:
// ward approvals shows its requests too. To create, import or rotate a wallet, to loosen its policy and to open the
// mainnet, a call only makes a request, which a person finishes or refuses. Give that permit @approval("1") to be asked
// here as well.
@id("signer-decides")
permit (
  principal in Ward::Role::"agent",
  action == Ward::Action::"call",
  resource
)
when { resource.signer };

// Reading resources, filling prompts, completing their arguments.
@id("read-context")
permit (
  principal in Ward::Role::"agent",
  action in [Ward::Action::"read_resource", Ward::Action::"get_prompt", Ward::Action::"complete"],
  resource
);

// A session that read untrusted text and private data asks before anything leaves, even through a read-only tool.
@id("outward-flow-asks")
@approval("1")
permit (
  principal in Ward::Role::"agent",
  action == Ward::Action::"call",
  resource
)
when { resource.outward && context.flow == "confirm" };

// Where ward.yaml says that such a call is denied, no approval helps.
@id("outward-flow-denied")
forbid (principal, action, resource)
when { context.flow == "deny" };

// A tool that nobody reviewed, or that changed since, is not called.
@id("quarantined")
forbid (
  principal,
  action == Ward::Action::"call",
  resource
)
when { resource.quarantined };
`;
