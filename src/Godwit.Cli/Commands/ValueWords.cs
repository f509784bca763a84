using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary>
/// The word after an option that takes one is its value, whatever it looks like: <c>-m --</c> and <c>-m --qos=1</c> are messages. The
/// parser sees the words before it knows that, so such a word is tied to its option: <c>-m=--</c>.
/// </summary>
internal static class ValueWords
{
    /// <summary>Ties values that begin with a hyphen to their options. Only pub and sub promise this.</summary>
    internal static IReadOnlyList<string> Join(IReadOnlyList<string> args, IReadOnlyList<Command> commands)
    {
        if (args.Count == 0 || args[0] is not ("pub" or "sub"))
        {
            return args;
        }

        var joined = new List<string>(args.Count);
        for (var i = 0; i < args.Count; i++)
        {
            if (i + 1 == args.Count || !TakesValue(commands, args[i]))
            {
                joined.Add(args[i]);
                continue;
            }

            // Its value is skipped, so that a value that looks like an option does not take the next word.
            var value = args[++i];
            if (value.StartsWith('-'))
            {
                joined.Add($"{args[i - 1]}={value}");
            }
            else
            {
                joined.Add(args[i - 1]);
                joined.Add(value);
            }
        }

        return joined;
    }

    private static bool TakesValue(IReadOnlyList<Command> commands, string word) =>
        commands.Any(command => command.Options.Any(option =>
            option.Arity.MaximumNumberOfValues > 0 && (string.Equals(option.Name, word, StringComparison.Ordinal) || option.Aliases.Contains(word))));
}
