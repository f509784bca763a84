using System.Text;
using Godwit.Broker;
using Godwit.Server.Configuration;

namespace Godwit.Server.Security.Acl;

/// <summary>
/// Mosquitto's ACL file. <c>topic</c> lines hold for the user named before them, or, in front of the first <c>user</c>, for clients without a
/// user name; <c>pattern</c> lines hold for everybody. A user's own lines are asked first, then patterns; in both, <c>deny</c> comes first.
/// </summary>
internal sealed class MosquittoAclFile
{
    private static readonly string[] Keywords = ["topic", "user", "pattern"];
    private static readonly string[] AccessWords = ["read", "write", "readwrite", "deny"];

    private readonly List<AclRule> _own = [];
    private readonly List<AclRule> _patterns = [];
    private readonly string _name;
    private readonly ConfigurationInput _input;
    private string? _user;
    private int _line;

    private MosquittoAclFile(string name, ConfigurationInput input) => (_name, _input) = (name, input);

    /// <summary>Reads the rules, in the order in which they are asked.</summary>
    /// <param name="name">As messages call the file.</param>
    /// <param name="text">Its bytes.</param>
    /// <param name="input">Receives messages: every error, not only the first.</param>
    internal static IReadOnlyList<AclRule> Read(string name, ReadOnlySpan<byte> text, ConfigurationInput input)
    {
        var file = new MosquittoAclFile(name, input);
        var bare = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        foreach (var range in bare.Split((byte)'\n'))
        {
            file._line++;
            file.ReadLine(bare[range]);
        }

        return file.InOrder();
    }

    private void ReadLine(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            Error("This is not UTF-8, or has a zero byte.");
            return;
        }

        var line = Encoding.UTF8.GetString(bytes).TrimEnd(' ', '\t', '\r', '\v', '\f');
        if (line.StartsWith('#') || line.Length == 0)
        {
            return;
        }

        var (keyword, rest) = TakeWord(line);
        switch (keyword)
        {
            case "user":
                ReadUser(rest);
                break;

            case "topic" or "pattern":
                ReadTopic(keyword, rest, line);
                break;

            case "#":
                Error("A comment begins in the first column.");
                break;

            default:
                var tab = keyword.Contains('\t', StringComparison.Ordinal) ? " Words are separated by spaces, not by tabs." : "";
                Error($"'{keyword}' is not a keyword. Did you mean {NearestName.Of(keyword.Split('\t')[0], Keywords)}?{tab}");
                break;
        }
    }

    private void ReadUser(string rest)
    {
        var name = rest.Trim(' ');
        if (name.Length == 0)
        {
            Error("'user' needs a name.");
            return;
        }

        _user = name;
    }

    /// <summary>An access word and a filter that may have spaces, or a filter alone that has none.</summary>
    private void ReadTopic(string keyword, string rest, string line)
    {
        var (first, second) = TakeWord(rest);
        if (first.Length == 0)
        {
            Error($"'{keyword}' needs a Topic Filter.");
            return;
        }

        var access = second.Length == 0 ? "readwrite" : first;
        if (!AccessWords.Contains(access, StringComparer.Ordinal))
        {
            Error($"'{access}' is no access. Did you mean {NearestName.Of(access, AccessWords)}? A filter with a space in it needs one in front.");
            return;
        }

        var topic = second.Length == 0 ? first : second;
        if (!AclFilter.TryParse(topic, withNames: keyword is "pattern", out var filter, out var error))
        {
            Error($"{char.ToUpperInvariant(error[0])}{error[1..]}.");
            return;
        }

        Add(keyword is "pattern", access, filter, line);
    }

    private void Add(bool isPattern, string access, AclFilter filter, string line)
    {
        if (isPattern && !filter.UsesUserName && !filter.UsesClientId)
        {
            _input.Warn(Here, "This pattern has neither %u nor %c: it holds for everybody.");
        }

        var actions = access switch
        {
            "read" => AclActions.Read,
            "write" => AclActions.Publish,
            _ => AclActions.All,
        };
        var whom = isPattern ? AclConditions.None : WhomOf(_user);
        var rule = new AclRule(access is not "deny", actions, [filter], whom) { File = _name, Line = _line, Text = line.Trim(' ') };
        (isPattern ? _patterns : _own).Add(rule);
    }

    private static AclConditions WhomOf(string? user) => user is null ? new AclConditions { Anonymous = true } : new AclConditions { Users = [user] };

    private List<AclRule> InOrder()
    {
        var rules = new List<AclRule>(_own.OrderBy(rule => rule.Allows));
        if (_patterns.Count > 0)
        {
            // A name with a wildcard would have opened more than its own place, so it gets nothing from patterns, nor from what stands behind.
            rules.Add(new AclRule(allows: false, AclActions.All, [AclFilter.Everything], new AclConditions { DangerousNames = true })
            {
                File = _name,
                Line = _patterns[0].Line,
                Text = "a user name or client identifier with + or # has no part in patterns",
            });
        }

        rules.AddRange(_patterns.OrderBy(rule => rule.Allows));
        return rules;
    }

    /// <summary>The first word, and what follows the spaces behind it.</summary>
    private static (string Word, string Behind) TakeWord(string text)
    {
        var start = text.TrimStart(' ');
        var space = start.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (start, "") : (start[..space], start[space..].Trim(' ', '\t'));
    }

    private ConfigurationOrigin Here => new(_name, _line);

    private void Error(string text) => _input.Error(Here, text);
}
