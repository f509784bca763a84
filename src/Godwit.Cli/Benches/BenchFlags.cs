using System.CommandLine;
using System.Globalization;
using System.Net;
using Godwit.Bench.Plans;
using Godwit.Cli.Clients;
using Godwit.Cli.Commands;
using Godwit.Protocol;

namespace Godwit.Cli.Benches;

/// <summary>The flags of the bench commands, named as in emqtt-bench where it has them. Each shape of load has those that mean something to it.</summary>
internal sealed class BenchFlags
{
    private const int ClientsMax = 10_000_000;

    private readonly BenchShape _shape;
    private readonly Option<string[]> _host = ClientFlags.Value("--host", "-h", "HOST", "Server to connect to. Default: localhost.");
    private readonly Option<string[]> _port = ClientFlags.Value("--port", "-p", "PORT", "Port of the server. Default: 1883.");
    private readonly Option<string[]> _version = ClientFlags.Value("--protocol-version", "-V", "5|311|31", "Protocol version. Default: 5.");
    private readonly Option<string[]> _userName = ClientFlags.Value("--username", "-u", "NAME", "User name, with %i and %c.");
    private readonly Option<string[]> _password = ClientFlags.Value("--pw", "-P", "PASSWORD", "Password, with %i and %c. Other users of this machine can see it in the list of processes.");
    private readonly Option<string[]> _keepAlive = ClientFlags.Value("--keepalive", "-k", "SECONDS", "Keep-alive; each connection pings twice in it. 0: off. Default: 60.");
    private readonly Option<string[]> _idPrefix = ClientFlags.Value("--id-prefix", "--prefix", "TEXT", "How client ids begin. Default: bench- and six random letters.");
    private readonly Option<string[]> _count;
    private readonly Option<string[]> _connectRate = ClientFlags.Value("--connrate", "-R", "N", "New connections a second. Default: as fast as it goes.");
    private readonly Option<string[]> _fanout = ClientFlags.Value("--fanout", null, "P:S", "P publishers and S subscribers.");
    private readonly Option<string[]> _topics = ClientFlags.Value("--topics", null, "N", "Topics. They go round the publishers and round the subscribers.");
    private readonly Option<string[]> _topic;
    private readonly Option<string[]> _filter = ClientFlags.Value("--filter", null, "FILTER", "All subscribers subscribe to this instead of their topics.");
    private readonly Option<string[]> _share = ClientFlags.Value("--share", null, "GROUP", "All subscribe through this shared group.");
    private readonly Option<string[]> _size = ClientFlags.Value("--size", "-s", "BYTES", "Payload. At least 16, for the counter and the time stamp. Default: 16.");
    private readonly Option<string[]> _template = ClientFlags.Value("--payload-template", null, "TEXT", "Text behind these 16 bytes, with the variables of --topic.");
    private readonly Option<string[]> _qos = ClientFlags.Value("--qos", "-q", "0|1|2", "Quality of service.");
    private readonly Option<string[]> _subQoS = ClientFlags.Value("--sub-qos", null, "0|1|2", "That of the subscriptions. Default: as --qos.");
    private readonly Option<bool> _retain = ClientFlags.Flag("--retain", "-r", "The server keeps the last message of each topic.");
    private readonly Option<string[]> _interval = ClientFlags.Value("--interval", "-I", "MS", "Milliseconds between two messages of one publisher. Default: as fast as it goes.");
    private readonly Option<string[]> _openLoop = ClientFlags.Value("--open-loop", null, "RATE", "Messages a second of all publishers on a fixed schedule; latency counts from the time in the schedule.");
    private readonly Option<string[]> _limit = ClientFlags.Value("--limit", "-L", "N", "End after N messages of all publishers. Default: 0, end after --duration.");
    private readonly Option<string[]> _inflight = ClientFlags.Value("--inflight", "-F", "N", "QoS 1 and 2: messages of one publisher that wait for their acknowledgement. Default: 100.");
    private readonly Option<string[]> _credit = ClientFlags.Value("--e2e", null, "N", "Messages of one publisher that have not reached all subscribers; 0: no limit. Default: 1000 at QoS 0 without a rate, else 0.");
    private readonly Option<string[]> _duration;
    private readonly Option<string[]> _warmup = ClientFlags.Value("--warmup", null, "TIME", "Publish so long before measuring. Default: 1s; none with --limit.");
    private readonly Option<string[]> _settle = ClientFlags.Value("--settle", null, "TIME", "Pause between the phases. Default: 1s.");
    private readonly Option<bool> _keep = ClientFlags.Flag("--keep", null, "Leave what was stored in the broker.");
    private readonly Option<string[]> _depth = ClientFlags.Value("--depth", null, "N", "Levels of the tree. Default: 5.");
    private readonly Option<string[]> _breadth = ClientFlags.Value("--breadth", null, "N", "Names on each level. Default: 10.");
    private readonly Option<string[]> _seed = ClientFlags.Value("--seed", null, "N", "Decides names and choices. Default: 1.");
    private readonly Option<string[]> _threads = ClientFlags.Value("--threads", null, "N", "Event loops. Default: 1, which one broker rarely keeps busy.");
    private readonly Option<string[]> _sources = ClientFlags.Value("--ifaddr", null, "A,B", "Local addresses to connect from; one is good for about 28,000 connections. On 127.x more are taken by themselves.");
    private readonly Option<bool> _portable = ClientFlags.Flag("--portable", null, "Use the event loop of systems other than Linux; slower.");
    private readonly Option<string[]> _brokerPid = ClientFlags.Value("--broker-pid", null, "PID", "Broker on this machine: report its CPU time and memory, too (Linux).");
    private readonly Option<string[]> _compare = ClientFlags.Value("--compare", null, "FILE", "JSON of an earlier run: exit code 1 when p99 or rate is worse than --tolerance allows.");
    private readonly Option<string[]> _tolerance = ClientFlags.Value("--tolerance", null, "PERCENT", "How much worse is not yet worse. Default: 10.");
    private readonly Option<string[]> _report = ClientFlags.Value("--report", null, "FILE", "Write a page of HTML with plots.");
    private readonly Option<bool> _json = ClientFlags.Flag("--json", null, "One JSON object on standard output instead of the table.");
    private readonly Option<string[]> _label = ClientFlags.Value("--label", null, "TEXT", "Copied into the reports.");
    private readonly Option<bool> _quiet = ClientFlags.Flag("--quiet", null, "No progress.");

    internal BenchFlags(BenchShape shape)
    {
        _shape = shape;
        _count = ClientFlags.Value("--count", "-c", "N", shape switch
        {
            BenchShape.Conn => "Connections. Default: 100.",
            BenchShape.Pub => "Publishers. Default: 1.",
            BenchShape.Sub => "Subscribers. Default: 1.",
            _ => "Pairs of a publisher and a subscriber with a topic of their own: --fanout N:N --topics N. Default: 1.",
        });
        _topic = ClientFlags.Value("--topic", "-t", "TOPIC", shape switch
        {
            BenchShape.Conn => "Each connection subscribes to it. %i number, %c client id, %u user name. Default: none.",
            BenchShape.Sub => "What to subscribe to. %i number of the subscriber, %c client id, %u user name. Default: bench/#.",
            BenchShape.Pub => "Where to. %i number of the publisher, %c client id, %u user name, %s number of the message. Default: bench/%i.",
            _ => $"Where to. %i number of the topic, %c client id and %u user name of the publisher, %s number of the message. Default: {TopicOf(shape)}.",
        });
        _duration = ClientFlags.Value("--duration", null, "TIME", shape switch
        {
            BenchShape.Conn => "Hold them so long: 30s, 5m, 1h. 0: until Ctrl-C. Default: 10s.",
            BenchShape.Sub => "Measure so long: 30s, 5m, 1h. Default: 0, until Ctrl-C.",
            _ => "Measure so long: 30s, 5m, 1h. 0: until Ctrl-C. Default: 10s.",
        });
    }

    private bool HasPublishers => _shape is not (BenchShape.Conn or BenchShape.Sub);

    private bool HasBoth => _shape is not (BenchShape.Conn or BenchShape.Sub or BenchShape.Pub);

    private bool IsTimed => _shape is not (BenchShape.Retained or BenchShape.Queue);

    private bool HasPairs => _shape is BenchShape.PubSub or BenchShape.Latency;

    /// <summary>Adds those that mean something to this shape.</summary>
    internal void AddTo(Command command)
    {
        List<Option> options = [_host, _port, _version, _userName, _password, _keepAlive, _idPrefix];
        Add(!HasBoth || HasPairs, _count);
        Add(true, _connectRate);
        Add(HasBoth, _fanout, _topics);
        Add(_shape != BenchShape.Wild, _topic);
        Add(HasPairs || _shape == BenchShape.Retained, _filter);
        Add(HasPairs || _shape is BenchShape.Sub or BenchShape.Wild, _share);
        Add(HasPublishers, _size, _template);
        Add(true, _qos);
        Add(HasBoth, _subQoS);
        Add(HasPairs || _shape == BenchShape.Pub, _retain, _interval, _openLoop);
        Add(_shape == BenchShape.Wild, _interval, _openLoop);
        Add(HasPublishers && _shape != BenchShape.Retained, _limit);
        Add(HasPublishers, _inflight);
        Add(HasPairs || _shape == BenchShape.Wild, _credit);
        Add(IsTimed, _duration);
        Add(IsTimed && HasPublishers, _warmup);
        Add(!IsTimed, _settle, _keep);
        Add(_shape == BenchShape.Wild, _depth, _breadth, _seed);
        Add(true, _threads, _sources, _portable, _brokerPid, _compare, _tolerance, _report, _json, _label, _quiet);
        options.ForEach(command.Options.Add);

        void Add(bool isMeant, params Option[] more)
        {
            if (isMeant)
            {
                options.AddRange(more);
            }
        }
    }

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    internal BenchWork Read(ParseResult result)
    {
        var words = new BenchWords(result);
        try
        {
            var plan = Shape(Connect(words), words);
            PlanCheck.Check(plan);
            return new BenchWork
            {
                Plan = plan,
                IsJson = ClientFlags.IsSet(result, _json),
                IsQuiet = ClientFlags.IsSet(result, _quiet),
                ReportFile = words.Text(_report),
                Tolerance = words.Decimal(_tolerance, 10, "tolerance in percent") / 100,
                Baseline = words.Text(_compare) is { } file ? BaselineFile.Read(file) : null,
            };
        }
        catch (BenchException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static string TopicOf(BenchShape shape) => shape switch
    {
        BenchShape.Retained => "retained/%i",
        BenchShape.Queue => "queue/%i",
        _ => "bench/%i",
    };

    private BenchPlan Connect(BenchWords words) => new()
    {
        Shape = _shape,
        Host = words.Text(_host) ?? "localhost",
        Port = words.Number(_port, 1883, 1, 65_535, "port"),
        Version = words.Text(_version) is { } version ? ClientFlags.VersionOf(version) : ProtocolVersion.Mqtt5,
        UserName = words.Text(_userName),
        Password = words.Text(_password),
        KeepAliveSeconds = words.Number(_keepAlive, 60, 0, 65_535, "keep-alive"),
        IdPrefix = words.Text(_idPrefix) ?? "bench-" + Guid.NewGuid().ToString("N")[..6],
        ConnectRate = words.Decimal(_connectRate, 0, "number of connections a second"),
        Threads = words.Number(_threads, 1, 1, 256, "number of threads"),
        SourceAddresses = AddressesOf(words.Text(_sources)),
        UsePortableLoop = words.IsSet(_portable),
        BrokerPid = words.Number(_brokerPid, 0, 1, int.MaxValue, "process id"),
        Label = words.Text(_label) ?? "",
        QoS = QoSOf(words.Text(_qos), _shape == BenchShape.Queue ? QoS.AtLeastOnce : QoS.AtMostOnce),
        Duration = words.Time(_duration, TimeSpan.FromSeconds(_shape == BenchShape.Sub ? 0 : 10)),
    };

    private BenchPlan Shape(BenchPlan plan, BenchWords words)
    {
        if (!HasPublishers)
        {
            var own = words.Text(_topic) ?? (_shape == BenchShape.Sub ? "bench/#" : null);
            var clients = words.Number(_count, _shape == BenchShape.Conn ? 100 : 1, 1, ClientsMax, "number of clients");
            return plan with { Publishers = 0, Subscribers = clients, Topics = clients, Topic = own, Share = words.Text(_share) };
        }

        var (publishers, subscribers, topics) = CountsOf(words);
        var limit = words.Number(_limit, _shape == BenchShape.Queue ? 100_000 : 0, 0, int.MaxValue, "number of messages");
        var interval = words.Decimal(_interval, 0, "number of milliseconds");
        return plan with
        {
            Publishers = publishers,
            Subscribers = subscribers,
            Topics = topics,
            Topic = words.Text(_topic) ?? TopicOf(_shape),
            Filter = words.Text(_filter) ?? (_shape == BenchShape.Retained ? "#" : null),
            Share = words.Text(_share),
            PayloadSize = words.Number(_size, 16, 16, 200_000_000, "payload size in bytes"),
            PayloadTemplate = words.Text(_template),
            SubscriptionQoS = words.Text(_subQoS) is { } qos ? QoSOf(qos, default) : null,
            Retain = _shape == BenchShape.Retained || words.IsSet(_retain),
            Window = words.Number(_inflight, 100, 1, 65_535, "number of messages in flight"),
            Credit = !IsTimed ? 0 : words.Text(_credit) is null ? null : words.Number(_credit, 0, 0, int.MaxValue, "number of messages"),
            RatePerPublisher = interval > 0 ? 1000 / interval : 0,
            OpenLoopRate = words.Decimal(_openLoop, _shape == BenchShape.Latency && interval <= 0 ? 1000 : 0, "number of messages a second"),
            MessageCount = _shape == BenchShape.Retained ? topics : limit,
            Warmup = words.Time(_warmup, TimeSpan.FromSeconds(1)),
            Settle = words.Time(_settle, TimeSpan.FromSeconds(1)),
            Keep = words.IsSet(_keep),
            TreeDepth = words.Number(_depth, 5, 1, 50, "number of levels"),
            TreeBreadth = words.Number(_breadth, 10, 1, 1_000_000, "number of names"),
            Seed = words.Number(_seed, 1, 0, int.MaxValue, "seed"),
        };
    }

    private (int Publishers, int Subscribers, int Topics) CountsOf(BenchWords words)
    {
        var count = words.Number(_count, 1, 1, ClientsMax, "number of clients");
        if (_shape == BenchShape.Pub)
        {
            var topic = words.Text(_topic) ?? TopicOf(_shape);
            var isShared = !topic.Contains("%i", StringComparison.Ordinal) && !topic.Contains("%c", StringComparison.Ordinal);
            return (count, 0, isShared ? 1 : count);
        }

        var fanout = words.Text(_fanout);
        if (fanout is not null && words.Text(_count) is not null)
        {
            throw new UsageException("-c and --fanout both say how many clients there are.");
        }

        var (publishers, subscribers) = fanout is null ? DefaultClients(count) : PairOf(fanout);
        var topics = _shape switch
        {
            BenchShape.Retained => 100_000,
            BenchShape.Wild => 10_000,
            BenchShape.Queue => subscribers,
            _ => fanout is null ? count : 1,
        };
        return (publishers, subscribers, words.Number(_topics, topics, 1, 16_000_000, "number of topics"));
    }

    private (int Publishers, int Subscribers) DefaultClients(int pairs) => _shape switch
    {
        BenchShape.Wild => (4, 10_000),
        BenchShape.Retained or BenchShape.Queue => (1, 1),
        _ => (pairs, pairs),
    };

    private static (int Publishers, int Subscribers) PairOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            ? (ClientFlags.Number(parts[0], 1, ClientsMax, "number of publishers"), ClientFlags.Number(parts[1], 1, ClientsMax, "number of subscribers"))
            : throw new UsageException($"'{text}' is not PUBLISHERS:SUBSCRIBERS, such as 1:1000.");
    }

    private static QoS QoSOf(string? text, QoS absent) => text switch
    {
        null => absent,
        "0" => QoS.AtMostOnce,
        "1" => QoS.AtLeastOnce,
        "2" => QoS.ExactlyOnce,
        _ => throw new UsageException($"'{text}' is not a QoS: 0, 1 or 2."),
    };

    private static List<IPAddress> AddressesOf(string? text)
    {
        var addresses = new List<IPAddress>();
        foreach (var word in text?.Split(',') ?? [])
        {
            addresses.Add(IPAddress.TryParse(word, out var address) ? address : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"'{word}' is not an address of this machine.")));
        }

        return addresses;
    }
}
