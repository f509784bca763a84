namespace Godwit.Interop.Clients;

/// <summary>How a command line subscriber shows what happens, line by line of both its outputs.</summary>
public interface IToolOutput
{
    /// <summary>The environment variables the tool needs to show it.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>True for the line that tells of the SUBACK.</summary>
    bool IsSubscribed(string line);

    /// <summary>True for the line that tells of a CONNECT; the second one follows a lost connection.</summary>
    bool IsConnect(string line);

    /// <summary>Reads one line; a message may need several.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="messages">Gets every message that is complete now.</param>
    void Read(string line, MessageQueue messages);
}
