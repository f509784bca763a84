using Godwit.Broker;
using Godwit.Server.Configuration;
using Godwit.Server.Transports;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Hosting;

/// <summary>Listeners that come, change and go while the broker runs. A client whose listener stays is not disconnected.</summary>
/// <param name="plan">What is listened on.</param>
/// <param name="listeners">Of the transports; they run.</param>
/// <param name="core">The broker.</param>
/// <param name="logger">For what fails when it is too late to take it back.</param>
/// <param name="changed">Called when other listeners are there.</param>
internal sealed class ListenersReload(ListenerPlan plan, IListeners listeners, BrokerCore core, ILogger logger, Action changed) : IReloadPart
{
    private readonly Lock _lock = new();
    private bool _isStopped;

    public string Name => "the listeners";

    public bool ChangesListeners => true;

    /// <summary>Reads certificates of listeners that are new or have others; binds nothing yet.</summary>
    public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
    {
        // What is there counts, not what was read before: it is compared with the places themselves.
        plan.IsFromCommandLine = next.Listeners.Count == 0;
        var changes = ConfigurationDifference.OfListeners([.. plan.Places.Select(place => place.Options)], next.ListenersInForce);
        return new ListenersReloadStep(plan, listeners, core, logger, changes, next.ListenersInForce) { Guarded = Guarded };
    }

    /// <summary>The server stops: from now on every reload fails.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
        }
    }

    /// <summary>The transports are changed by one thread at a time, and not while they stop.</summary>
    private void Guarded(Action act)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                throw new ServerStartException("The broker stops.", ServerStartException.CannotRun);
            }

            act();
            changed();
        }
    }
}
