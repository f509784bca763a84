using System.Text;
using Godwit.Bench.Workers;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Topics;

namespace Godwit.Bench.Plans;

/// <summary>A plan worked out: who publishes what to where, who subscribes to what, and how many deliveries each message must bring.</summary>
internal sealed class Workload
{
    private readonly BenchPlan _plan;
    private readonly WildNames? _wild;
    private readonly string? _filter;

    /// <summary>Works it out; takes memory for each topic and stream.</summary>
    internal Workload(BenchPlan plan)
    {
        _plan = plan;
        _filter = plan.Filter;
        Publishers = plan.Publishers;
        _wild = plan.Shape == BenchShape.Wild ? new WildNames(plan) : null;
        Streams = _wild is not null || plan.Topics < plan.Publishers ? plan.Publishers : plan.Topics;
        Packets = plan.Publishers == 0 ? [] : MakePackets();
        Fanout = plan.Publishers == 0 ? [] : CountFanout();
        MeanFanout = Fanout.Length == 0 ? 0 : Fanout.Average();
        Sequences = new long[Streams];
    }

    /// <summary>Publishing connections.</summary>
    internal int Publishers { get; }

    /// <summary>Messages of one publisher to one topic are a stream; in Wild all messages of one publisher.</summary>
    internal int Streams { get; }

    /// <summary>Next number of each stream; only its publisher's thread uses it.</summary>
    internal long[] Sequences { get; }

    /// <summary>By stream; in Wild by topic.</summary>
    internal PublishTemplate[] Packets { get; }

    /// <summary>Deliveries due to each message, by topic.</summary>
    internal int[] Fanout { get; }

    /// <summary>Mean of <see cref="Fanout"/>.</summary>
    internal double MeanFanout { get; }

    /// <summary>Messages go to random topics.</summary>
    internal bool IsWild => _wild is not null;

    /// <summary>A subscriber may rightly miss messages of a stream.</summary>
    internal bool AllowsGaps => IsWild || _plan.Share is not null;

    /// <summary>The client id of one connection.</summary>
    internal string ClientIdOf(bool isPublisher, int number) => $"{_plan.IdPrefix}-{(isPublisher ? 'p' : 's')}{number}";

    /// <summary>The user name of one connection; null: none.</summary>
    internal string? UserNameOf(int number, string clientId) =>
        _plan.UserName is { } pattern ? PatternText.Expand(pattern, number, clientId, "").ToText(0) : null;

    /// <summary>The password of one connection; null: none.</summary>
    internal string? PasswordOf(int number, string clientId) =>
        _plan.Password is { } pattern ? PatternText.Expand(pattern, number, clientId, "").ToText(0) : null;

    /// <summary>What one subscriber subscribes to.</summary>
    internal IEnumerable<string> FiltersOf(int subscriber)
    {
        var prefix = _plan.Share is { } group ? $"$share/{group}/" : "";
        if (_wild is not null)
        {
            return [prefix + _wild.Filters[subscriber]];
        }

        if (_filter is not null)
        {
            return [prefix + _filter];
        }

        if (_plan.Shape is BenchShape.Conn or BenchShape.Sub)
        {
            return _plan.Topic is null ? [] : [prefix + OwnFilter(_plan.Topic, subscriber)];
        }

        return TopicsOf(subscriber).Select(topic => prefix + TopicText(topic, topic % _plan.Publishers).ToFilter());
    }

    /// <summary>An empty QoS 0 message with RETAIN to one topic.</summary>
    internal void WriteClear(Outbox outbox, int topic)
    {
        var publish = new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(TopicText(topic, topic % _plan.Publishers).ToText(0)),
            Retain = true,
        };
        outbox.Advance(publish.Write(outbox.Reserve(publish.Measure(_plan.Version)), _plan.Version));
    }

    private IEnumerable<int> TopicsOf(int subscriber)
    {
        for (var link = subscriber; link < Math.Max(_plan.Topics, _plan.Subscribers); link += _plan.Subscribers)
        {
            yield return link % _plan.Topics;
        }
    }

    private string OwnFilter(string pattern, int subscriber)
    {
        var clientId = ClientIdOf(isPublisher: false, subscriber);
        return PatternText.Expand(pattern, subscriber, clientId, UserNameOf(subscriber, clientId) ?? "").ToFilter();
    }

    private PatternText TopicText(int topic, int publisher) => Expand(_plan.Topic ?? "bench", topic, publisher);

    private PatternText Expand(string pattern, int topic, int publisher)
    {
        var clientId = ClientIdOf(isPublisher: true, publisher);
        return PatternText.Expand(pattern, topic, clientId, UserNameOf(publisher, clientId) ?? "");
    }

    private PublishTemplate[] MakePackets()
    {
        var packets = new PublishTemplate[IsWild ? _plan.Topics : Streams];
        for (var i = 0; i < packets.Length; i++)
        {
            var topic = i % _plan.Topics;
            var publisher = i % _plan.Publishers;
            var name = _wild is null ? TopicText(topic, publisher) : PatternText.Expand(_wild.Topics[topic], 0, "", "");
            var text = _plan.PayloadTemplate is { } pattern ? Expand(pattern, topic, publisher) : null;
            packets[i] = new PublishTemplate(_plan, name, text);
        }

        return packets;
    }

    private int[] CountFanout()
    {
        var fanout = new int[_plan.Topics];
        if (_plan.Subscribers == 0)
        {
            return fanout;
        }

        for (var topic = 0; topic < fanout.Length; topic++)
        {
            var subscribers = CountSubscribers(topic);
            fanout[topic] = _plan.Share is null ? subscribers : Math.Min(subscribers, 1);
        }

        return fanout;
    }

    private int CountSubscribers(int topic)
    {
        if (_wild is not null)
        {
            return _wild.CountMatches(_wild.Topics[topic]);
        }

        if (_filter is not null)
        {
            var name = TopicText(topic, topic % _plan.Publishers).ToText(0);
            return TopicFilter.Matches(Encoding.UTF8.GetBytes(_filter), Encoding.UTF8.GetBytes(name)) ? _plan.Subscribers : 0;
        }

        return _plan.Topics >= _plan.Subscribers ? 1 : (_plan.Subscribers / _plan.Topics) + (topic < _plan.Subscribers % _plan.Topics ? 1 : 0);
    }
}
