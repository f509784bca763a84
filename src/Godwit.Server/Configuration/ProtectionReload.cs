using Godwit.Server.Hosting;
using Godwit.Server.Protection;

namespace Godwit.Server.Configuration;

/// <summary>What protects the broker takes over its section, and reads the file of bans anew.</summary>
/// <param name="guard">Of the running broker.</param>
public sealed class ProtectionReload(Guard guard) : IReloadPart
{
    /// <inheritdoc/>
    public string Name => "the protection";

    /// <inheritdoc/>
    public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(difference);
        if (next.Protection.BanFile is null && !difference.Changes.Any(change => change.Path.StartsWith("Protection:", StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            return new Step(guard, guard.Rules, GuardRules.Read(next.Protection));
        }
        catch (FormatException exception)
        {
            throw new ServerStartException(exception.Message, ServerStartException.InvalidConfiguration);
        }
    }

    private sealed class Step(Guard guard, GuardRules before, GuardRules next) : IReloadStep
    {
        public void Apply() => guard.Apply(next);

        public void Undo() => guard.Apply(before);

        public void Dispose()
        {
        }
    }
}
