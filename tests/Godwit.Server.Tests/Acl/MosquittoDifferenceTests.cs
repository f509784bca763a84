using System.Text;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Our answers beside those of Debian's mosquitto, for ACL files that are made up.</summary>
public sealed class MosquittoDifferenceTests
{
    private const int Files = 40;

    private static readonly (string ClientId, string? UserName)[] Clients =
        [("c1", null), ("c1", "ada"), ("b", "bob"), ("%u", "%c"), ("c#", "ada"), ("c1", "+"), ("c1", "a b"), ("a", "Zoë"), ("x/y", "ada"), ("c1", "a/b"), ("$x", "$x")];

    private static readonly string[] Said = ["a", "b", "", "ada", "c1", "a b", "Zoë", "%u", "%c", "%u", "%c"];
    private static readonly string[] Accesses = ["read ", "write ", "readwrite ", "deny ", ""];
    private static readonly string[] Users = ["ada", "bob", "a b", "Zoë", "%c", "+", "a/b", "$x"];

    [Fact]
    public async Task Every_decision_is_that_of_mosquitto_but_that_a_name_never_spans_levels_nor_opens_what_begins_with_a_dollar_sign()
    {
        var random = new Random(2_011);
        var files = Enumerable.Range(0, Files).Select(_ => MakeFile(random)).ToList();
        using var mosquitto = await MosquittoReference.StartAsync(files, Users);
        var stricter = 0;
        var granted = 0;
        var asked = 0;
        for (var file = 0; file < Files; file++)
        {
            var policy = Mosquitto(files[file]);
            var topics = Enumerable.Range(0, 40).Select(_ => MakeTopic(random)).Distinct().ToList();
            foreach (var (clientId, userName) in Clients.OrderBy(_ => random.Next()).Take(5))
            {
                var who = Who(userName, clientId);
                var isSpecial = (clientId + userName).AsSpan().ContainsAny('/', '$');
                var publishes = await mosquitto.PublishesAsync(file, clientId, userName, topics);
                var receives = await mosquitto.ReceivesAsync(file, clientId, userName, topics);
                for (var i = 0; i < topics.Count; i++)
                {
                    Compare("publish", policy.Publishes(who, topics[i]), publishes[i], topics[i]);
                    Compare("receive", policy.Receives(who, topics[i]), receives[i], topics[i]);
                }

                void Compare(string what, bool ours, bool theirs, string topic)
                {
                    asked++;
                    granted += ours ? 1 : 0;
                    stricter += !ours && theirs ? 1 : 0;
                    var told = $"{what} {topic} by client {clientId}, user {userName}: we say {ours}, mosquitto {theirs}, with\n{files[file]}";
                    Assert.True(ours == theirs || (isSpecial && !ours), told);
                }
            }
        }

        Assert.InRange(granted, asked / 20, asked / 2);
        Assert.InRange(stricter, 5, granted / 10);
    }

    private static string MakeFile(Random random)
    {
        var text = new StringBuilder("# made up\n");
        for (var lines = random.Next(1, 9); lines > 0; lines--)
        {
            switch (random.Next(6))
            {
                case 0:
                    text.Append("user ").Append(Users[random.Next(Users.Length)]);
                    break;

                case 1 or 2:
                    text.Append("pattern ").Append(MakeAccess(random)).Append(MakeFilter(random));
                    break;

                default:
                    text.Append("topic ").Append(MakeAccess(random)).Append(MakeFilter(random));
                    break;
            }

            text.Append(random.Next(4) == 0 ? "  \r\n" : "\n");
        }

        return text.Append(random.Next(3) == 0 ? "pattern write %c/#\npattern read %u/#\n" : "").ToString();
    }

    private static string MakeAccess(Random random) => Accesses[random.Next(Accesses.Length)];

    /// <summary>Without an access word a filter with a space would not be one.</summary>
    private static string MakeFilter(Random random)
    {
        while (true)
        {
            var levels = Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(4) == 0 ? "+" : Said[random.Next(Said.Length)]).ToList();
            if (levels.Count > 0 && random.Next(8) == 0)
            {
                levels[^1] = $"{Said[random.Next(2)]}{(random.Next(2) == 0 ? "%u" : "%c")}";
            }

            if (random.Next(10) == 0)
            {
                levels.Insert(0, "$x");
            }

            if (random.Next(3) == 0 || levels.Count == 0)
            {
                levels.Add("#");
            }

            if (string.Join('/', levels) is { Length: > 0 } filter && !filter.Contains(' ', StringComparison.Ordinal))
            {
                return filter;
            }
        }
    }

    private static string MakeTopic(Random random)
    {
        string[] names = ["a", "b", "", "ada", "bob", "c1", "%u", "%c", "a b", "Zoë", "aada", "bc1", "x/y", "a/b", "$x"];
        if (random.Next(6) == 0)
        {
            return ((string[])["x/y/a", "a/b", "$x/a", "ada/x"])[random.Next(4)];
        }

        while (true)
        {
            var topic = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => names[random.Next(names.Length)]));
            topic = random.Next(8) == 0 ? "$x/" + topic : topic;
            if (topic.Length > 0)
            {
                return topic;
            }
        }
    }
}
