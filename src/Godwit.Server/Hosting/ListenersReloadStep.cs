using Godwit.Broker;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Configuration;
using Godwit.Server.Listeners;
using Godwit.Server.Transports;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Hosting;

/// <summary>
/// One reload of the listeners. What is new is bound first; only then does anybody lose a connection. A listener that is closed gives its place away
/// before, when a new one needs it, and takes it back when the reload fails: its clients notice nothing.
/// </summary>
internal sealed class ListenersReloadStep : IReloadStep
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(1);

    private readonly ListenerPlan _plan;
    private readonly IListeners _listeners;
    private readonly BrokerCore _core;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<ListenerPlace> _before;
    private readonly bool _wasOpen;
    private readonly List<(ListenerPlace Place, EntranceState State)> _statesBefore;
    private readonly HashSet<Entrance> _letAnonymousIn;
    private readonly List<(ListenerPlace Place, EntranceState State)> _states = [];
    private readonly List<ListenerPlace> _after = [];
    private readonly List<ListenerPlace> _toOpen = [];
    private readonly List<ListenerPlace> _toClose = [];
    private readonly List<ListenerPlace> _opened = [];
    private readonly List<ListenerPlace> _silenced = [];

    /// <summary>Reads certificates; what runs does not change.</summary>
    /// <param name="plan">What is listened on.</param>
    /// <param name="listeners">Of the transports.</param>
    /// <param name="core">The broker.</param>
    /// <param name="logger">For what fails when it is too late to take it back.</param>
    /// <param name="changes">From the places of the plan to the next listeners.</param>
    /// <param name="next">The next listeners, in order.</param>
    /// <exception cref="ServerStartException">Certificates cannot be used.</exception>
    internal ListenersReloadStep(
        ListenerPlan plan, IListeners listeners, BrokerCore core, ILogger logger, IReadOnlyList<ListenerChange> changes, IReadOnlyList<ListenerOptions> next)
    {
        (_plan, _listeners, _core, _logger, _before) = (plan, listeners, core, logger, plan.Places);
        _wasOpen = ConnectJudge.IsOpen(core.Access);
        _statesBefore = [.. _before.Select(place => (place, place.Entrance.State))];
        _letAnonymousIn = [.. _before.Select(place => place.Entrance).Where(entrance => entrance.Authentication?.StillAdmits(userName: null, entrance.Options) ?? true)];
        _toClose.AddRange(changes.Where(change => change.DropsConnections).Select(change => PlaceOf(change.Before)!));
        foreach (var options in next)
        {
            Add(options, changes.FirstOrDefault(change => ReferenceEquals(change.After, options)));
        }

        _after.InsertRange(0, _before.Except(_toClose).Except(_after).ToList());
    }

    /// <summary>Runs what touches the transports.</summary>
    internal required Action<Action> Guarded { get; init; }

    public void Apply() => Guarded(() =>
    {
        try
        {
            var states = StatesAfter();
            Exchange(states.FindAll(change => _toOpen.Contains(change.Place)));       // before anybody can come in there
            foreach (var place in _toOpen.Where(place => !_toClose.Exists(other => NeedsPlaceOf(place, other))))
            {
                Open(place);
            }

            foreach (var place in _toOpen.Except(_opened).ToList())
            {
                Silence(_toClose.Where(other => NeedsPlaceOf(place, other)).Except(_silenced).ToList());
                Open(place);
            }

            Exchange(states);
            _plan.Places = _after;
        }
        catch
        {
            TakeBack();
            throw;
        }
    });

    public void Commit()
    {
        try
        {
            Guarded(() => _toClose.ForEach(Close));
            _core.Disconnect(HasLostItsLogin, DisconnectReasonCode.NotAuthorized, "its login does not hold any more");
            if (_wasOpen && !ConnectJudge.IsOpen(_core.Access))
            {
                _core.Identify(IdentityOf);
            }

            AwaitShards();
        }
        catch (ServerStartException)
        {
            // The broker stops, and every connection ends with it.
        }
    }

    public void Undo()
    {
        try
        {
            Guarded(TakeBack);
        }
        catch (ServerStartException)
        {
            // The broker stops: nothing is listened on any more.
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Whoever hears that a reload is done may rely on it: every shard has done its part.</summary>
    private void AwaitShards()
    {
        var turns = new Task[_core.Shards.Count];
        for (var i = 0; i < turns.Length; i++)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            turns[i] = turn.Task;
            _core.Post(i, new HostCall(_ => turn.TrySetResult()));
        }

        Task.WaitAll(turns, TurnTimeout);
    }

    private static bool NeedsPlaceOf(ListenerPlace place, ListenerPlace other) => ListenerChecks.IsSamePlace(place.Options, other.Options);

    private static Entrance? EntranceOf(Connection connection) =>
        connection is EpollConnection epoll ? epoll.Entrance : (connection.TransportState as KestrelConnection)?.Entrance;

    /// <summary>A client without a user name where no anonymous one came in has shown something else, which a reload cannot judge.</summary>
    private bool HasLostItsLogin(Connection connection) =>
        EntranceOf(connection) is { Authentication: { } judge } entrance
        && (connection.UserName is not null || _letAnonymousIn.Contains(entrance))
        && !judge.StillAdmits(connection.UserName, entrance.Options);

    /// <summary>Of a client that came when nobody had to know where it is.</summary>
    private static Identity? IdentityOf(Connection connection)
    {
        var address = connection is EpollConnection epoll ? epoll.Address : (connection.TransportState as KestrelConnection)?.Address;
        return address is null ? null : new Identity { Address = address, Listener = connection.Identity?.Listener };
    }

    private static void Exchange(List<(ListenerPlace Place, EntranceState State)> states) => states.ForEach(change => change.Place.Entrance.Change(change.State));

    private ListenerPlace? PlaceOf(ListenerOptions? options) => _before.FirstOrDefault(place => ReferenceEquals(place.Options, options));

    private void Add(ListenerOptions options, ListenerChange? change)
    {
        switch (change?.Kind)
        {
            case ListenerChangeKind.Changed:
                var place = PlaceOf(change.Before)!;
                var isSameTls = !change.Changes.Any(value => value.Path.StartsWith("Tls:", StringComparison.Ordinal));
                _states.Add((place, new EntranceState(options, authentication: null, isSameTls ? place.Entrance.Tls : _plan.ReadCertificates(options))));
                _after.Add(place);
                break;

            case ListenerChangeKind.Opened or ListenerChangeKind.Reopened:
                var opened = new ListenerPlace(new Entrance(new EntranceState(options, authentication: null, _plan.ReadCertificates(options))));
                _states.Add((opened, opened.Entrance.State));
                _toOpen.Add(opened);
                _after.Add(opened);
                break;
        }
    }

    /// <summary>With the users of this moment: their part of the reload comes before this one.</summary>
    private List<(ListenerPlace Place, EntranceState State)> StatesAfter() =>
    [
        .. _states.Select(change => (change.Place, _plan.StateOf(change.State.Options, change.State.Tls))),
        .. _after.Except(_states.Select(change => change.Place)).Select(place => (place, _plan.StateOf(place.Options, place.Entrance.Tls))),
    ];

    private void Open(ListenerPlace place)
    {
        _opened.Add(place);         // of several addresses, some may be bound before one cannot be
        _plan.OpenAsync(_listeners, place).GetAwaiter().GetResult();
    }

    private void Silence(List<ListenerPlace> places)
    {
        foreach (var place in places)
        {
            _silenced.Add(place);
            _listeners.StopAccepting(place.Entrance);
        }
    }

    /// <summary>Everything is as it was; who came in by a listener that is not to be goes.</summary>
    private void TakeBack()
    {
        _opened.ForEach(Close);
        _opened.Clear();
        foreach (var place in _silenced)
        {
            OpenAgain(place);
        }

        _silenced.Clear();
        Exchange(_statesBefore);
        _plan.Places = _before;
    }

    private void OpenAgain(ListenerPlace place)
    {
        foreach (var endPoint in place.Bound)
        {
            try
            {
                _listeners.OpenAsync(endPoint, place.Entrance).GetAwaiter().GetResult();
            }
            catch (ListenException exception)
            {
                ListenerLog.CannotOpenAgain(_logger, ListenerWords.Name(place.Options), exception.Message);        // another program was faster
            }
        }
    }

    private void Close(ListenerPlace place)
    {
        _listeners.StopAccepting(place.Entrance);
        Disconnect(place);
        _listeners.CloseAsync(place.Entrance, CloseTimeout).GetAwaiter().GetResult();
        Disconnect(place);          // who has come in meanwhile
    }

    private void Disconnect(ListenerPlace place) =>
        _core.Disconnect(connection => EntranceOf(connection) == place.Entrance, DisconnectReasonCode.AdministrativeAction, "its listener is closed");
}
