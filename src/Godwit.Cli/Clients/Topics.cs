using System.Text;
using Godwit.Cli.Commands;
using Godwit.Protocol.Topics;

namespace Godwit.Cli.Clients;

/// <summary>Topics as they are typed.</summary>
internal static class Topics
{
    private const int SizeMax = 65_535;

    /// <summary>UTF-8 without a byte order mark.</summary>
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>A topic to publish to.</summary>
    /// <exception cref="UsageException">Empty, too long, or with wildcards.</exception>
    internal static string CheckName(string topic, string what)
    {
        var utf8 = Check(topic, what);
        return TopicName.IsValid(utf8)
            ? topic
            : throw new UsageException($"'{topic}' is not a valid {what}: it contains '+' or '#', which stand for other topics only in sub.");
    }

    /// <summary>A filter to subscribe to.</summary>
    /// <exception cref="UsageException">Empty, too long, or with a wildcard in the wrong place.</exception>
    internal static string CheckFilter(string filter)
    {
        var utf8 = Check(filter, "subscription topic");
        return TopicFilter.TryParse(utf8, out _)
            ? filter
            : throw new UsageException(
                $"'{filter}' is not a valid subscription topic: '+' stands alone between slashes, '#' alone and last, and a shared one is $share/GROUP/FILTER.");
    }

    private static byte[] Check(string topic, string what)
    {
        if (topic.Length == 0)
        {
            throw new UsageException($"the {what} is empty.");
        }

        var utf8 = Utf8.GetBytes(topic);
        return utf8.Length <= SizeMax ? utf8 : throw new UsageException($"the {what} has {utf8.Length} bytes; {SizeMax} is the limit.");
    }
}
