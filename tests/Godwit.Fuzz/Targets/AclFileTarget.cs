using System.Text;
using Godwit.Broker.Security;
using Godwit.Fuzz.Engine;
using Godwit.Protocol;
using Godwit.Protocol.Topics;
using Godwit.Server.Configuration;
using Godwit.Server.Security.Acl;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// ACL files in Mosquitto's form, and questions to them: whatever stands in a file, it is understood or refused with the number of a line, a
/// subscription is granted exactly when a search finds a topic of it, and a name is never more than itself. An input is the text of a file; a
/// line that begins with <c>?</c> is no part of it, but a question: user, client and topic or filter, separated by <c>|</c>.
/// </summary>
internal sealed class AclFileTarget : FuzzTarget
{
    private static readonly string[] Words =
        ["topic ", "topic ", "pattern ", "user ", "read ", "write ", "readwrite ", "deny ", "#", "+", "/", "/", "/", "a", "b", "%u", "%c", "$x", "\n", "\n", "?", "|", "|", " ", "\r\n", "é", "# a"];

    private static readonly string[] Levels = ["a", "b", "", "$x", "fresh"];
    private static readonly byte[][] Topics = [.. Below(3).Where(topic => topic.Length > 0).Select(Encoding.UTF8.GetBytes)];

    public override string Name => "acl-file";

    public override int InputBytesMax => 1024;

    /// <summary>A rule for a line, and for each question an answer for each topic of the search.</summary>
    public override long AllocatedBytesMax(int inputSize) => 500_000 + (20_000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        var file = new List<byte>();
        var questions = new List<string>();
        foreach (var range in input.Split((byte)'\n'))
        {
            var line = input[range];
            if (line is [(byte)'?', ..])
            {
                questions.Add(Encoding.UTF8.GetString(line[1..]));
            }
            else
            {
                file.AddRange(line);
                file.Add((byte)'\n');
            }
        }

        var messages = new ConfigurationInput();
        var rules = MosquittoAclFile.Read("acl", file.ToArray(), messages);
        var lines = file.Count(single => single == (byte)'\n');
        Require(messages.Messages.TrueForAll(message => message.Origin.Line >= 1 && message.Origin.Line <= lines), "a message names a line that is not there");
        Require(rules.All(rule => rule.Line >= 1 && rule.Line <= lines), "a rule names a line that is not there");
        var policy = new AclPolicy(new AclSnapshot(new AclRuleSet("", rules) { IsClosed = true }, []));
        foreach (var question in questions.Take(4))
        {
            Ask(policy, question.Split('|'));
        }
    }

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var text = random.OneIn(4) && corpus.Count > 0 ? random.Pick(corpus).ToList() : [];
        for (var words = random.Size(80); words > 0; words--)
        {
            text.AddRange(Encoding.UTF8.GetBytes(Words[random.Below(Words.Length)]));
        }

        text.AddRange("\n?a|b|+/#\n?a/b|#|a/b"u8);
        if (random.OneIn(3))
        {
            ByteMutator.Mutate(text, random, corpus);
        }

        return [.. text];
    }

    private static void Ask(AclPolicy policy, string[] words)
    {
        if (words.Length < 3)
        {
            return;
        }

        var who = new Subject(words[1], new Identity { UserName = words[0].Length == 0 ? null : words[0] });
        var filter = Encoding.UTF8.GetBytes(words[2]);
        if (TopicName.IsValid(filter))
        {
            var decision = policy.Decide(who, AclActions.Receive, filter, QoS.AtMostOnce, retain: false);
            Require(decision.IsAllowed == policy.MayReceive(who, filter, QoS.AtMostOnce, retain: false), "the reason is not the answer");
            Require(decision.Rule is null || decision.Rule.Allows == decision.IsAllowed, "the rule is not the answer");
        }

        if (TopicFilter.TryParse(filter, out var parsed) && !parsed.IsShared)
        {
            var granted = policy.MaySubscribe(who, filter, QoS.AtMostOnce);
            Require(granted || !IsAnyReadable(policy, who, filter), "a subscription is refused that a topic speaks for");
        }
    }

    private static bool IsAnyReadable(AclPolicy policy, in Subject who, byte[] filter)
    {
        foreach (var topic in Topics)
        {
            if (TopicFilter.Matches(filter, topic) && policy.MayReceive(who, topic, QoS.AtMostOnce, retain: false))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Below(int depth) =>
        depth == 1 ? Levels : Levels.Concat(Below(depth - 1).SelectMany(topic => Levels.Select(level => $"{topic}/{level}")));

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
