using System.Globalization;
using Godwit.Kills.Actors;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Protocol;

namespace Godwit.Kills.Suite;

/// <summary>All clients of a run.</summary>
internal sealed class Cast
{
    private const int TopicsPerPublisher = 3;
    private const int WillClients = 5;

    private readonly Scene _scene;
    private readonly Random _random;
    private readonly Dictionary<string, IReadOnlyList<PublishedTopic>> _published = [];

    public Cast(Scene scene, Random random)
    {
        _scene = scene;
        _random = random;
        AddPublishers("load", pairs: 2);
        AddPublishers("shared", pairs: 1);
        AddSubscribers();
        AddGroup();
        Changers = [.. Numbered(2, name => new SubscriptionChanger(scene, "changer" + name, Fork()))];
        Retained = [.. Numbered(2, name => new RetainedPublisher(scene, "retained" + name, Fork()))];
        Receivers = [.. Numbered(2, name => new RetainedReceiver(scene, "receiver" + name, Fork()))];

        IReadOnlyList<PublishedTopic> wills = [.. Numbered(WillClients, name => new PublishedTopic($"will/{name}", QoS.ExactlyOnce))];
        var inbox = new Inbox("will-watcher", QoS.ExactlyOnce, isOrdered: false, wills, scene.Findings);
        Subscribers.Add(new Subscriber(scene, "will-watcher", Fork(), "will/#", QoS.ExactlyOnce, inbox));
        Book = new WillBook(wills, inbox, scene.Findings);
        WillEnd[] ends = scene.Packets.Version == ProtocolVersion.Mqtt5 ? Enum.GetValues<WillEnd>() : [WillEnd.WithBroker, WillEnd.Drop, WillEnd.Disconnect];
        Wills = [.. wills.Select(topic => new WillClient(scene, topic.Name.Replace('/', '-'), Fork(), topic, ends, Book))];
    }

    public List<Publisher> Publishers { get; } = [];

    public List<Subscriber> Subscribers { get; } = [];

    /// <summary>Subscribers that are away for some rounds and back for one.</summary>
    public List<Subscriber> Travellers { get; } = [];

    public IReadOnlyList<SubscriptionChanger> Changers { get; }

    public IReadOnlyList<RetainedPublisher> Retained { get; }

    public IReadOnlyList<RetainedReceiver> Receivers { get; }

    public IReadOnlyList<WillClient> Wills { get; }

    public WillBook Book { get; }

    /// <summary>Of all subscribers but the watcher of the wills.</summary>
    public List<Inbox> Inboxes { get; } = [];

    /// <summary>Everything that was published, but the wills and the retained messages.</summary>
    public IEnumerable<PublishedTopic> Published => _published.Values.SelectMany(topics => topics);

    private void AddPublishers(string group, int pairs)
    {
        var topics = new List<PublishedTopic>();
        for (var i = 0; i < 2 * pairs; i++)
        {
            var qos = i % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce;
            IReadOnlyList<PublishedTopic> own = [.. Numbered(TopicsPerPublisher, name => new PublishedTopic($"{group}/p{i}/t{name}", qos))];
            topics.AddRange(own);
            Publishers.Add(new Publisher(_scene, $"{group}-publisher{i}", Fork(), own, new PublisherPace(Window: 20, PerSecondMax: 300, ReusesIds: i < pairs)));
        }

        _published[group] = topics;
    }

    private void AddSubscribers()
    {
        Add("online2", QoS.ExactlyOnce);
        Add("online1", QoS.AtLeastOnce);
        Add("slow2", QoS.ExactlyOnce, hesitation: 25, receiveMaximum: 7);
        Travellers.Add(Add("away2", QoS.ExactlyOnce));
        Travellers.Add(Add("away1", QoS.AtLeastOnce));
    }

    private Subscriber Add(string name, QoS qos, int hesitation = 0, ushort receiveMaximum = 0)
    {
        var inbox = new Inbox(name, qos, isOrdered: true, _published["load"], _scene.Findings);
        var subscriber = new Subscriber(_scene, name, Fork(), "load/#", qos, inbox)
        {
            HesitationMilliseconds = hesitation,
            ReceiveMaximum = receiveMaximum,
        };
        Inboxes.Add(inbox);
        Subscribers.Add(subscriber);
        return subscriber;
    }

    /// <summary>Two members that stay and one that comes and goes; each message is for one of them.</summary>
    private void AddGroup()
    {
        var inbox = new Inbox("group", QoS.ExactlyOnce, isOrdered: false, _published["shared"], _scene.Findings);
        var members = Numbered(3, name => new Subscriber(_scene, "member" + name, Fork(), "$share/group/shared/#", QoS.ExactlyOnce, inbox)).ToList();
        Inboxes.Add(inbox);
        Subscribers.AddRange(members);
        Travellers.Add(members[^1]);
    }

    private Random Fork() => new(_random.Next());

    private static IEnumerable<T> Numbered<T>(int count, Func<string, T> make) =>
        Enumerable.Range(0, count).Select(i => make(i.ToString(CultureInfo.InvariantCulture)));
}
