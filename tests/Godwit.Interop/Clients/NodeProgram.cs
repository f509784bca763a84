using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>A JavaScript client from npm, run by Node.js.</summary>
/// <param name="package">Its directory below <c>node_modules</c>.</param>
/// <param name="script">The script in <c>node/</c> that drives it.</param>
public abstract class NodeProgram(string package, string script) : AgentProgram
{
    /// <inheritdoc/>
    public override void SkipIfMissing()
    {
        Programs.Require("node", "nodejs");
        var directory = Path.Combine(Repository.Interop, "node", "node_modules", package);
        if (!Directory.Exists(directory))
        {
            Assert.Skip($"npm package {package} is not there (run 'npm ci' in tests/Godwit.Interop/node)");
        }
    }

    /// <inheritdoc/>
    protected override Task<AgentHost> StartAsync(IReadOnlyList<string> via) =>
        AgentHost.StartAsync(via, Programs.Require("node", "nodejs"), [Path.Combine(Repository.Interop, "node", script)]);
}
