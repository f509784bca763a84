using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests.Durability;

/// <summary>
/// Publishers and subscribers that lose their connections, shards whose turns interleave as the seed says, a log that becomes durable bit by
/// bit, and a broker that crashes at any moment. At the end all of it stops, and what has been promised must have been kept.
/// </summary>
internal sealed class ChaosWorld
{
    private readonly int _shards;
    private readonly int _payloadBytesMax;
    private readonly List<ChaosClient> _clients = [];
    private readonly List<ChaosSubscriber> _subscribers = [];
    private readonly List<ChaosSubscriber> _members = [];
    private readonly List<ChaosVisitor> _visitors = [];
    private readonly List<ChaosLeaver> _leavers = [];
    private readonly ChaosSubscriber _stayer;

    public ChaosWorld(int seed)
    {
        Random = new Random(seed);
        _shards = Random.Next(3) == 0 ? 1 : 3;
        _payloadBytesMax = Random.Next(2) == 0 ? 10 : 40_000;
        Broker = new BrokerHarness(_shards, log: new TestLog());
        for (var i = 0; i < 3; i++)
        {
            _clients.Add(new ChaosPublisher(this, $"publisher{i}"));
        }

        for (var i = 0; i < 3; i++)
        {
            var filters = new[] { "a", "b", "r/#" }.Where(_ => Random.Next(4) > 0).ToDictionary(filter => filter, _ => NextQoS());
            _subscribers.Add(Subscribe(new ChaosSubscriber(this, $"subscriber{i}", filters)));
        }

        for (var i = 0; i < 2; i++)
        {
            _members.Add(Subscribe(new ChaosSubscriber(this, $"member{i}", new Dictionary<string, QoS> { ["$share/g/s"] = QoS.ExactlyOnce })));
        }

        _stayer = Subscribe(new ChaosSubscriber(this, "stayer", new Dictionary<string, QoS> { [ChaosLeaver.Filter] = QoS.AtLeastOnce }));
        for (var i = Random.Next(3); i > 0; i--)
        {
            _leavers.Add(new ChaosLeaver(this, $"leaver{i}"));
        }

        _clients.Add(_stayer);
        _clients.AddRange(_subscribers);
        _clients.AddRange(_members);
        for (var i = Random.Next(4); i > 0; i--)
        {
            _visitors.Add(new ChaosVisitor(this, $"visitor{i}"));
        }

        Broker.HoldBack();
        Broker.IsStepped = true;
    }

    public Random Random { get; }

    public BrokerHarness Broker { get; private set; }

    public List<ChaosMessage> Published { get; } = [];

    /// <summary>The broker has crashed at least once.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Nothing new is published.</summary>
    public bool IsSettling { get; private set; }

    public string NextTopic(string publisher) => Random.Next(5) switch
    {
        0 => "a",
        1 => "b",
        2 => "s",
        3 => "nobody",
        _ => "r/" + publisher,
    };

    public string NextPadding() => new('x', Random.Next(_payloadBytesMax));

    public void Step()
    {
        var client = _clients[Random.Next(_clients.Count)];
        switch (Random.Next(1000))
        {
            case < 350:
                Broker.Turn(Random.Next(_shards));
                break;

            case < 600:
                client.Act();
                break;

            case < 650 when _visitors.Count > 0:
                _visitors[Random.Next(_visitors.Count)].Act();
                break;

            case < 690 when _leavers.Count > 0:
                _leavers[Random.Next(_leavers.Count)].Act();
                break;

            case < 700:
                Broker.BusyFor(TimeSpan.FromMilliseconds(Random.Next(2000)));
                break;

            case < 870:
                client.Read();
                break;

            case < 960:
                Broker.Log!.FlushUpTo(Broker.Log.DurableAppend + Random.Next(1, 6));
                break;

            case < 985:
                client.Leave();
                break;

            case < 992:
                client.Connect();                               // takes over if it was connected
                break;

            default:
                Crash();
                break;
        }
    }

    /// <summary>All goes well from now on, until nothing is left to do.</summary>
    public void Settle()
    {
        IsSettling = true;
        Broker.IsStepped = false;
        Broker.Log!.IsEager = true;
        Broker.Run();
        _visitors.ForEach(visitor => visitor.LeaveForGood());
        _leavers.ForEach(leaver => leaver.LeaveForGood());
        Broker.Advance(TimeSpan.FromSeconds(1));
        for (var quiet = 0; quiet < 3; quiet++)
        {
            Broker.Flush();
            foreach (var client in _clients)
            {
                if (client.Read() || !client.IsDone || !client.IsReady)
                {
                    quiet = 0;
                    client.Act();
                }
            }
        }
    }

    public void Check()
    {
        foreach (var subscriber in _subscribers)
        {
            foreach (var (filter, qos) in subscriber.Filters)
            {
                var expected = Published.FindAll(message => filter == "r/#" ? message.IsRetained : message.Topic == filter);
                Check(expected, subscriber.Delivered, qos, subscriber.ClientId);
            }

            CheckOrder(subscriber);
        }

        Check(Published.FindAll(message => message.Topic == "s"), [.. _members.SelectMany(member => member.Delivered)], QoS.ExactlyOnce, "the shared group");
        var given = _leavers.SelectMany(leaver => leaver.Delivered).Concat(_stayer.Delivered.Select(message => message.Text)).ToHashSet();
        Assert.All(Published.FindAll(message => message.Topic == "a"), message => Assert.Contains(message.Text, given));
        CheckRetained();
        var state = Broker.Log!.State();
        state.AssertWhole();
        Assert.Empty(state.Queue);
        Assert.Equal((0L, 0L), (Broker.Counters.Queued, Broker.Counters.QueuedBytes));
        Assert.Equal(4 + _subscribers.Count + _members.Count, state.Sessions.Count);
        var dropped = Broker.Counters.Dropped.Where((_, reason) => _visitors.Count == 0 || (DropReason)reason is not (DropReason.SessionEnded or DropReason.NoMember or DropReason.NotConnected));
        Assert.Equal(0, dropped.Sum());
    }

    private static void Check(List<ChaosMessage> expected, List<(string Topic, string Text, QoS QoS)> delivered, QoS granted, string who)
    {
        var counts = delivered.CountBy(message => message.Text).ToDictionary();
        foreach (var message in expected)
        {
            var count = counts.GetValueOrDefault(message.Text);
            var isExact = message.QoS == QoS.ExactlyOnce && granted == QoS.ExactlyOnce;
            Assert.True(isExact ? count == 1 : count >= 1, $"{who} got {message} {count} times.");
        }
    }

    /// <summary>First deliveries are in the order of publication, for each publisher, topic and QoS.</summary>
    private static void CheckOrder(ChaosSubscriber subscriber)
    {
        var first = subscriber.Delivered.DistinctBy(message => message.Text);
        foreach (var group in first.GroupBy(message => (message.Topic, message.QoS, message.Text.Split(':')[0])))
        {
            var numbers = group.Select(message => int.Parse(message.Text.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.True(numbers.SequenceEqual(numbers.Order()), $"{subscriber.ClientId} {group.Key}: {string.Join(' ', numbers)}");
        }
    }

    private void CheckRetained()
    {
        var reader = Broker.Connect("reader").Subscribe("r/#", QoS.AtLeastOnce);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var publish in reader.ReceivesAllPublishes())
        {
            var text = publish.PayloadText;
            kept.Add(publish.Topic, text[..(text.LastIndexOf(':') + 1)]);
            reader.Puback(publish.PacketId);
        }

        reader.Disconnect();
        var last = Published.Where(message => message.IsRetained).GroupBy(message => message.Topic).ToDictionary(group => group.Key, group => group.Last().Text);
        Assert.Equal(last, kept);
        Assert.Equal(last.Count, Broker.Log!.State().Retained.Count);
    }

    private void Crash()
    {
        HasCrashed = true;
        do
        {
            Broker = Broker.Restart(keepWritten: Random.Next(2) == 0, isEager: Random.Next(2) == 0);
        }
        while (Random.Next(3) == 0);

        Broker.HoldBack();
        Broker.IsStepped = true;
        _clients.ForEach(client => client.Lose());
        _visitors.ForEach(visitor => visitor.Lose());
        _leavers.ForEach(leaver => leaver.Lose());
    }

    private QoS NextQoS() => (QoS)Random.Next(1, 3);

    private ChaosSubscriber Subscribe(ChaosSubscriber subscriber)
    {
        var client = Broker.Persistent(subscriber.ClientId);
        foreach (var (filter, qos) in subscriber.Filters)
        {
            client.Subscribe(filter, qos, retainHandling: RetainHandling.DoNotSend);
        }

        client.Disconnect();
        return subscriber;
    }
}
