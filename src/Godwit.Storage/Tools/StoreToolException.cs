namespace Godwit.Storage.Tools;

/// <summary>A tool cannot do what it was asked for. The message is for the person who asked: it names the file or directory and says what to do.</summary>
public sealed class StoreToolException : Exception
{
    /// <summary>No more is known.</summary>
    public StoreToolException()
    {
    }

    /// <summary>What is wrong, and what to do.</summary>
    public StoreToolException(string message)
        : base(message)
    {
    }

    /// <summary>What is wrong, and what to do.</summary>
    public StoreToolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
