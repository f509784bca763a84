using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>
/// A plain model of a broker that watches the real one at its edge: it is told every packet that is handed in, in order, and judges every
/// packet that comes out. It decides nothing by itself; where two things overlap in time, it accepts either order.
/// </summary>
internal sealed partial class Oracle
{
    private readonly Trace _trace;
    private readonly RunPlan _plan;
    private readonly Messages _messages;
    private readonly SituationSet _situations;
    private readonly RetainedModel _retained = new();
    private readonly SharedModel _shared;
    private readonly Dictionary<string, ModelSession> _byClientId = new(StringComparer.Ordinal);
    private readonly List<ModelSession> _sessions = [];
    private readonly List<Publication> _open = [];
    private readonly List<Interest> _ending = [];
    private readonly List<(Interest Interest, Interest.Request Request)> _answered = [];
    private long _tick;
    private long _nowMs;
    private int _lastSession;

    public Oracle(Trace trace, RunPlan plan, Messages messages, SituationSet situations)
    {
        _trace = trace;
        _plan = plan;
        _messages = messages;
        _situations = situations;
        _shared = new SharedModel(this);
    }

    /// <summary>Sessions that have not ended.</summary>
    public IReadOnlyList<ModelSession> Sessions => _sessions;

    public RetainedModel Retained => _retained;

    public long NowMs => _nowMs;

    /// <summary>Something interesting has happened.</summary>
    public void Hit(Situation situation) => _situations.Hit(situation);

    /// <summary>A line of the trace about what happens to the machine.</summary>
    public void Say(long nowMs, FormattableString line)
    {
        if (_trace.IsText)
        {
            _trace.Write(nowMs, line);
        }
    }

    /// <summary>The session of a client, if it has one.</summary>
    public ModelSession? SessionOf(string clientId) => _byClientId.GetValueOrDefault(clientId);

    /// <summary>A turn begins: this is its time.</summary>
    public void BeginTurn(long nowMs) => _nowMs = nowMs;

    /// <summary>
    /// The shard is about to take its mailbox and its timers: wills that are due may go out. They do for certain when no CONNECT in the mailbox
    /// comes first.
    /// </summary>
    public void BeforeTimers(int shardIndex)
    {
        _tick++;
        foreach (var session in _sessions)
        {
            if (session.ShardIndex == shardIndex && session.Will is not null && Math.Min(session.WillDueMs, session.ExpiresAtMs) <= _nowMs)
            {
                session.DueWill = Begin(session.Will);
            }
        }
    }

    /// <summary>The turn is over: what was due has happened.</summary>
    public void EndTurn(int shardIndex)
    {
        _tick++;
        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            var session = _sessions[i];
            if (session.ShardIndex != shardIndex || session.Connection is not null)
            {
                continue;
            }

            if (session.ExpiresAtMs <= _nowMs)
            {
                Hit(Situation.SessionExpired);
                EndSession(session);
            }
            else if (session.WillDueMs <= _nowMs)
            {
                Hit(Situation.WillAfterDelay);
                PublishWill(session);
            }
        }
    }

    /// <summary>The broker is at rest: whatever was answered, or can no longer be, has had its effect.</summary>
    public void Rest()
    {
        _tick++;
        foreach (var interest in _ending)
        {
            interest.EndsTo = _tick;
        }

        _ending.Clear();
        for (var i = 0; i < _open.Count; i++)
        {
            var publication = _open[i];
            if (publication.IsSettled)
            {
                publication.Close(_tick);
                _open.RemoveAt(i--);
                if (publication.IsPromised)
                {
                    Expect(publication);
                }
            }
        }

        ExpectRetained();
    }

    /// <summary>A connection comes to its shard, which handles CONNECT at once.</summary>
    public void Connected(Edge edge, byte[] connectBytes, int shardIndex)
    {
        _tick++;
        PacketFramer.TryRead(connectBytes, ProtocolVersion.Mqtt311, int.MaxValue, out _, out var body, out _, out _);
        ConnectPacket.TryRead(body, out var connect);
        var clientId = Encoding.UTF8.GetString(connect.ClientId);
        edge.ClientId = clientId;
        edge.Version = connect.Version;
        edge.CleanStart = connect.CleanStart;
        edge.IsOpen = true;
        edge.ReceiveMaximum = Math.Min((int)connect.Properties.NumberOr(PropertyId.ReceiveMaximum, 65_535), _plan.Limits.InFlightMax);
        edge.PacketSizeMax = (int)Math.Min(int.MaxValue, connect.Properties.NumberOr(PropertyId.MaximumPacketSize, int.MaxValue));
        edge.In = new PacketStream(PacketSender.Client, _plan.Limits.TopicAliasMaximum) { Version = connect.Version };
        edge.Out = new PacketStream(PacketSender.Server, (int)connect.Properties.NumberOr(PropertyId.TopicAliasMaximum, 0)) { Version = connect.Version };
        _trace.Add(_nowMs, 'C', edge.Id, connectBytes);
        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"{edge} > CONNECT {connect.Version}{(connect.CleanStart ? " clean" : "")}{(connect.HasWill ? $" will {Messages.NameOf(connect.WillPayload)}" : "")}");
        }

        edge.GrantedExpiryMs = ExpiryOf(connect);
        if (connect.HasWill)
        {
            edge.Will = _messages.Find(connect.WillPayload) ?? throw new InvalidOperationException("A will nobody made.");
            edge.WillDelayMs = connect.WillProperties.NumberOr(PropertyId.WillDelayInterval, 0) * 1000L;
        }

        TakeSession(edge, shardIndex);
    }

    /// <summary>Bytes are handed to the shard, which handles whole packets at once.</summary>
    public void Received(Edge edge, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _trace.Add(_nowMs, '>', edge.Id, bytes);
        foreach (var packet in edge.In!.Add(bytes))
        {
            _tick++;
            if (_trace.IsText)
            {
                _trace.Write(_nowMs, $"{edge} > {packet}");
            }

            HandIn(edge, packet);
        }
    }

    /// <summary>The transport has taken these bytes from the broker.</summary>
    public void Sent(Edge edge, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _tick++;
        _trace.Add(_nowMs, '<', edge.Id, bytes);
        foreach (var packet in edge.Out!.Add(bytes))
        {
            if (_trace.IsText)
            {
                _trace.Write(_nowMs, $"{edge} < {packet}");
            }

            Judge(edge, packet);
        }
    }

    /// <summary>The broker has closed the connection, or is told that it is lost.</summary>
    public void Ended(Edge edge, bool isLost, bool hasLeft = false)
    {
        _tick++;
        _trace.Add(_nowMs, 'E', edge.Id, []);
        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"{edge} {(isLost ? "is lost" : "is closed by the broker")}");
        }

        edge.IsOpen = false;
        if (edge.IsLeaving)
        {
            return;                                     // its session knows
        }

        edge.IsLost = isLost;
        if (edge.In is { RestBytes: > 0 })
        {
            Hit(Situation.CutInsidePacket);
        }

        if (edge.IsTakenOver)
        {
            edge.Session?.MayRepeatUnsent = true;       // the last bytes may not have been taken
        }
        else if (edge.Session is not null)
        {
            EndConnection(edge, isDisconnectHandled: hasLeft);
        }
    }

    /// <summary>The broker has handled all that was handed in on this connection.</summary>
    public void HandledAll(Edge edge)
    {
        edge.Unhandled.Clear();
        if (edge.Unanswered.Count > 0)
        {
            PromiseUnanswered(edge);
        }
    }

    /// <summary>An invariant is broken.</summary>
    internal static ViolationException Violation(string invariant, FormattableString message) =>
        new(invariant, FormattableString.Invariant(message));

    private long ExpiryOf(in ConnectPacket connect)
    {
        if (connect.Version != ProtocolVersion.Mqtt5)
        {
            var seconds3 = _plan.Settings.SessionExpirySeconds3x;
            return connect.CleanStart ? 0 : seconds3 == 0 ? ModelSession.Never : seconds3 * 1000L;
        }

        return ExpiryOf(connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0));
    }

    private long ExpiryOf(uint seconds)
    {
        var maximum = _plan.Settings.SessionExpirySecondsMax;
        if (maximum > 0 && seconds > maximum)
        {
            return maximum * 1000L;
        }

        return seconds == uint.MaxValue ? ModelSession.Never : seconds * 1000L;
    }

    private void PromiseUnanswered(Edge edge)
    {
        foreach (var publication in edge.Unanswered)
        {
            publication.Promise(_nowMs);
        }

        edge.Unanswered.Clear();
    }
}
