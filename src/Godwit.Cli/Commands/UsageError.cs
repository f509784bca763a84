using System.CommandLine;
using System.CommandLine.Parsing;
using Godwit.Broker;

namespace Godwit.Cli.Commands;

/// <summary>What is said when the command line cannot be understood: the first mistake, and what was probably meant.</summary>
internal static class UsageError
{
    /// <summary>Exit code of a usage error; the same as Mosquitto's.</summary>
    internal const int ExitCode = 1;

    /// <summary>Two lines for a person.</summary>
    /// <param name="result">Has at least one error.</param>
    internal static string Describe(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var path = PathOf(result.CommandResult);
        var what = result.UnmatchedTokens.Count > 0 ? DescribeUnmatched(command, result.UnmatchedTokens[0]) : Describe(result.Errors[0]);
        return Describe(path, what);
    }

    /// <summary>Two lines for a person.</summary>
    /// <param name="path">The command, as typed.</param>
    /// <param name="what">A sentence.</param>
    internal static string Describe(string path, string what) =>
        $"{path}: {what}{Environment.NewLine}Type '{path} --help' for all that is possible.";

    private static string PathOf(CommandResult result) => result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "godwit";

    private static string Describe(ParseError error) =>
        error.SymbolResult is OptionResult { Option: Option<int> option, Tokens: [{ } token, ..] }
            ? $"'{token.Value}' is not a whole number for {option.Name}."
            : error.Message;

    private static string DescribeUnmatched(Command command, string token)
    {
        var isOption = token.StartsWith('-');
        var kind = isOption ? "option" : "command";
        var name = isOption ? token.Split('=')[0] : token;
        var names = isOption ? NamesLike(command, name) : [.. command.Subcommands.Select(sub => sub.Name)];
        if (names.Count > 0)
        {
            return $"'{name}' is not a known {kind}. Did you mean {NearestName.Of(name, names)}?";
        }

        return isOption ? $"'{name}' is not a known option." : $"'{name}' is one word too many.";
    }

    /// <summary>For a long option all long ones; for a short one only the same letter in the other case: every other is as far away.</summary>
    private static List<string> NamesLike(Command command, string name)
    {
        var names = command.Options.SelectMany(option => option.Aliases.Append(option.Name));
        return name.StartsWith("--", StringComparison.Ordinal)
            ? [.. names.Where(candidate => candidate.StartsWith("--", StringComparison.Ordinal))]
            : [.. names.Where(candidate => string.Equals(candidate, name[..Math.Min(2, name.Length)], StringComparison.OrdinalIgnoreCase))];
    }
}
