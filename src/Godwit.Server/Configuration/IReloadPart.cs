using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>A part of a running broker that can take over another configuration: its users, its rules, its log.</summary>
public interface IReloadPart
{
    /// <summary>Of what, in a message: <c>the log</c>.</summary>
    string Name { get; }

    /// <summary>It opens and closes listeners; without such a part they take a restart.</summary>
    bool ChangesListeners => false;

    /// <summary>
    /// Makes everything that the next configuration needs, beside what is running; what is running does not change. It is called for every
    /// reload, also when no value differs: a file that a value names may have changed.
    /// </summary>
    /// <param name="next">The next configuration, which is valid.</param>
    /// <param name="difference">To the one that is running.</param>
    /// <returns>What exchanges the two; null: nothing has to change.</returns>
    /// <exception cref="ServerStartException">It cannot be made; the message says why. The reload ends and nothing has changed.</exception>
    IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference);
}
