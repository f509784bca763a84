using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;

namespace Godwit.Broker.Shards;

/// <summary>
/// One Network Connection whose CONNECT is complete. Owned by the shard of its client identifier from the moment it is posted; a Session
/// outlives it.
/// </summary>
/// <remarks>
/// A broker has as many of these as it has clients, and most clients are idle: what few connections have stands in a part that is made when
/// it is first needed. A transport that is to hold nothing else per client derives from it.
/// </remarks>
public class Connection : ITimed
{
    private const byte CongestedHold = 1;
    private const byte PacedHold = 2;
    private const byte RateHold = 4;
    private const byte MemoryHold = 8;
    private const byte AskHold = 16;

    internal OutputBuffer Output;

    /// <summary>With more than this in <see cref="Output"/> messages of QoS 0 are dropped: the limit, or -1 while none may be sent.</summary>
    internal int QoS0RoomBytes = int.MaxValue;

    /// <summary>With as much as this in <see cref="Output"/> messages of QoS 1 and 2 wait in the queue.</summary>
    internal int QueueRoomBytes = Shard.OutputHighWaterBytes;

    private byte _holds;
    private ConnectionExtras? _extras;
    private ushort _keepAliveSeconds;
    private ushort _sendQuotaMax;

    /// <summary>Made by a listener when <see cref="Handshake.TryRead"/> has accepted the bytes.</summary>
    /// <param name="id">Unique in the process.</param>
    /// <param name="transport">The way to the client.</param>
    /// <param name="remoteAddress">For people, e.g. <c>127.0.0.1:50618</c>.</param>
    /// <param name="connectBytes">The whole CONNECT packet, fixed header included; the connection's from now on.</param>
    /// <param name="handshake">What TryRead said.</param>
    public Connection(long id, IConnectionTransport transport, string remoteAddress, byte[] connectBytes, in HandshakeResult handshake)
        : this(id, handshake)
    {
        Extras.Transport = transport;
        Extras.RemoteAddress = remoteAddress;
        Extras.ConnectBytes = connectBytes;
    }

    /// <summary>For a transport that is the connection itself; it overrides what has to do with the way to the client.</summary>
    /// <param name="id">Unique in the process.</param>
    /// <param name="handshake">What TryRead said.</param>
    protected Connection(long id, in HandshakeResult handshake)
    {
        Id = id;
        ClientId = handshake.ClientId;
        IsClientIdAssigned = handshake.ClientIdAssigned;
    }

    /// <summary>Unique in the process.</summary>
    public long Id { get; }

    /// <summary>For people.</summary>
    public virtual string RemoteAddress => _extras!.RemoteAddress!;

    /// <summary>The client identifier, as sent or assigned.</summary>
    public string ClientId { get; }

    /// <summary>The client sent an empty identifier.</summary>
    public bool IsClientIdAssigned { get; }

    /// <summary>It has counted for the connect rates when it was opened.</summary>
    public bool IsRateCounted { get; init; }

    /// <summary>Protocol version; set when CONNECT is handled.</summary>
    public ProtocolVersion Version { get; internal set; } = ProtocolVersion.Mqtt311;

    /// <summary>Clean Start (5.0), Clean Session (3.x).</summary>
    public bool CleanStart { get; internal set; }

    /// <summary>Keep Alive in force, in seconds; 0 is off. The Server Keep Alive where one was announced.</summary>
    public int KeepAliveSeconds
    {
        get => _keepAliveSeconds;
        internal set => _keepAliveSeconds = (ushort)value;
    }

    /// <summary>
    /// Who the client is; null: nothing is known but its client identifier. The listener sets it before the connection is posted to its shard;
    /// from then on it is the shard's.
    /// </summary>
    public Identity? Identity
    {
        get => _extras?.Identity;
        set => ExtrasUnless(value is null)?.Identity = value;
    }

    /// <summary>The principal; null is anonymous.</summary>
    public string? UserName => Identity?.UserName;

    /// <summary>
    /// Authentication Data of the CONNACK, e.g. the server's proof of a SCRAM exchange; the listener sets it before the connection is posted.
    /// </summary>
    public byte[]? AuthenticationData
    {
        get => _extras?.AuthenticationData;
        set => ExtrasUnless(value is null)?.AuthenticationData = value;
    }

    /// <summary>For the transport to use as it likes.</summary>
    public object? TransportState
    {
        get => _extras?.TransportState;
        set => Extras.TransportState = value;
    }

    /// <summary>
    /// False: do not read the socket now. Earlier bytes are not handled yet, or the connection is closed, or the client does not take the
    /// answers to what it sends: who does not read is not read.
    /// </summary>
    public bool WantsInput => !IsClosed && !IsDeferred && !IsUnread && !IsSlowed;

    /// <summary>The connection has ended for the broker.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>There are bytes in <see cref="Tail"/>.</summary>
    internal bool HasTail => _extras is { Tail.IsEmpty: false };

    /// <summary>Input that is not handled yet. Who only wants to know whether there is any asks <see cref="HasTail"/>.</summary>
    internal ref InputTail Tail => ref Extras.Tail;

    internal Session? Session { get; set; }

    /// <summary>Input waits for the next turn.</summary>
    internal bool IsDeferred { get; set; }

    /// <summary>Its input is being handled: buffers must stay.</summary>
    internal bool IsHandling { get; set; }

    /// <summary>It has output to flush at the end of the turn.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>The transport took less than all and has not asked for more.</summary>
    internal bool IsCongested
    {
        get => (_holds & CongestedHold) != 0;
        set => Hold(CongestedHold, value);
    }

    /// <summary>It has been sent as much as it may be: messages wait, and those of QoS 0 are dropped. Answers go.</summary>
    internal bool IsPaced
    {
        get => (_holds & PacedHold) != 0;
        set => Hold(PacedHold, value);
    }

    /// <summary>It has sent as much as it may, and is not read for a while.</summary>
    internal bool IsRateSlowed
    {
        get => (_holds & RateHold) != 0;
        set => Hold(RateHold, value);
    }

    /// <summary>It sends much while memory is scarce, and is not read until there is more.</summary>
    internal bool IsMemorySlowed
    {
        get => (_holds & MemoryHold) != 0;
        set => Hold(MemoryHold, value);
    }

    /// <summary>The packet at the front of <see cref="Tail"/> waits for a right.</summary>
    internal bool IsAsking
    {
        get => (_holds & AskHold) != 0;
        set => Hold(AskHold, value);
    }

    /// <summary>It is not read, for what it has done or wants to do.</summary>
    internal bool IsSlowed => (_holds & (RateHold | MemoryHold | AskHold)) != 0;

    /// <summary>Of the packet that waits, or has waited and is being handled; null: none.</summary>
    internal AccessInquiry? Inquiry
    {
        get => _extras?.Inquiry;
        set => ExtrasUnless(value is null)?.Inquiry = value;
    }

    /// <summary>What it has left of the rates of clients; null while none was asked about.</summary>
    internal ClientBuckets? Buckets
    {
        get => _extras?.Buckets;
        set => ExtrasUnless(value is null)?.Buckets = value;
    }

    internal long CongestedSinceMs
    {
        get => _extras?.CongestedSinceMs ?? 0;
        set => ExtrasUnless(value == 0)?.CongestedSinceMs = value;
    }

    /// <summary>Answers that wait for the log; null when none does.</summary>
    internal HeldAnswers? Held
    {
        get => _extras?.Held;
        set => ExtrasUnless(value is null)?.Held = value;
    }

    /// <summary>It is not read because it does not take its answers, or because too many of them wait for the log.</summary>
    internal bool IsUnread =>
        IsPutOff || ((IsCongested || Withheld is not null) && Output.Length > Shard.OutputHighWaterBytes) || Held is { Length: > Shard.OutputHighWaterBytes };

    /// <summary>It waits for a log that does not keep up, and would only add to what the log has to do.</summary>
    internal bool IsPutOff { get; set; }

    /// <summary>The Authentication Method that CONNECT named; null for none.</summary>
    internal byte[]? AuthenticationMethod
    {
        get => _extras?.AuthenticationMethod;
        set => ExtrasUnless(value is null)?.AuthenticationMethod = value;
    }

    /// <summary>Where a re-authentication stands.</summary>
    internal AuthenticationStep AuthenticationStep
    {
        get => _extras?.AuthenticationStep ?? AuthenticationStep.None;
        set => ExtrasUnless(value == AuthenticationStep.None)?.AuthenticationStep = value;
    }

    /// <summary>What CONNACK waits for; null when it has left. Until then nothing leaves.</summary>
    internal Ticket? Withheld
    {
        get => _extras?.Withheld;
        set => ExtrasUnless(value is null)?.Withheld = value;
    }

    /// <summary>The client has sent DISCONNECT and is let go when its answers have left.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>It is on the list of those who wait for the log.</summary>
    internal bool IsHolding { get; set; }

    internal long LastPacketMs { get; set; }

    /// <summary>Maximum Packet Size of the client, bytes.</summary>
    internal int PacketSizeMax { get; set; } = int.MaxValue;

    /// <summary>QoS 1 and 2 messages that may be in flight: the client's Receive Maximum, within the broker's own limit.</summary>
    internal int SendQuotaMax
    {
        get => _sendQuotaMax;
        set => _sendQuotaMax = (ushort)value;
    }

    /// <summary>Request Problem Information (§3.1.2.11.7).</summary>
    internal bool WantsProblemInformation { get; set; } = true;

    /// <summary>CONNECT named a Session Expiry Interval other than 0.</summary>
    internal bool HadSessionExpiry { get; set; }

    internal InboundTopicAliases? InboundAliases
    {
        get => _extras?.InboundAliases;
        set => ExtrasUnless(value is null)?.InboundAliases = value;
    }

    internal OutboundTopicAliases? OutboundAliases
    {
        get => _extras?.OutboundAliases;
        set => ExtrasUnless(value is null)?.OutboundAliases = value;
    }

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    internal Subject Subject => new(ClientId, Identity);

    internal bool IsMqtt5 => Version == ProtocolVersion.Mqtt5;

    /// <summary>What it is sent is not what others are sent: topic aliases, or a mount point. Set when CONNECT is handled.</summary>
    internal bool IsEncodedAlone { get; set; }

    /// <summary>Its listener has a mount point.</summary>
    internal bool IsMounted { get; set; }

    /// <summary>More may be written now; otherwise QoS 1 and 2 wait in the queue.</summary>
    internal bool CanTakeMore => (_holds & (CongestedHold | PacedHold)) == 0 && Withheld is null && Output.Length < QueueRoomBytes;

    void ITimed.OnTimer(Shard shard) => shard.Watch(this);

    /// <summary>Hands bytes to the client; as <see cref="IConnectionTransport.Send"/>.</summary>
    protected internal virtual int Send(ReadOnlySpan<byte> bytes) => _extras!.Transport!.Send(bytes);

    /// <summary>Ends the way to the client; as <see cref="IConnectionTransport.Close"/>.</summary>
    protected internal virtual void CloseTransport() => _extras!.Transport!.Close();

    /// <summary>The CONNECT packet that it was made with; afterwards it is gone.</summary>
    internal byte[] TakeConnectBytes()
    {
        var bytes = Extras.ConnectBytes!;
        Extras.ConnectBytes = null;
        return bytes;
    }

    private void Hold(byte hold, bool isOn) => _holds = (byte)(isOn ? _holds | hold : _holds & ~hold);

    private ConnectionExtras Extras => _extras ??= new ConnectionExtras();

    /// <summary>Where a value belongs; null when there is nothing and the value says so.</summary>
    private ConnectionExtras? ExtrasUnless(bool isDefault) => isDefault ? _extras : Extras;

    /// <summary>What an idle connection does not need.</summary>
    private sealed class ConnectionExtras
    {
        public IConnectionTransport? Transport;     // null: the connection itself
        public string? RemoteAddress;
        public object? TransportState;
        public byte[]? ConnectBytes;
        public InputTail Tail;
        public Identity? Identity;
        public HeldAnswers? Held;
        public Ticket? Withheld;
        public long CongestedSinceMs;
        public InboundTopicAliases? InboundAliases;
        public OutboundTopicAliases? OutboundAliases;
        public byte[]? AuthenticationMethod;
        public byte[]? AuthenticationData;
        public AuthenticationStep AuthenticationStep;
        public ClientBuckets? Buckets;
        public AccessInquiry? Inquiry;
    }
}
