namespace Godwit.Server.Configuration;

/// <summary>How a value was written.</summary>
public enum ValueShape
{
    /// <summary>Text of a source that has nothing else: a command line, an environment variable, a file of another program.</summary>
    Plain,

    /// <summary>In quotation marks.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>The word true or false.</summary>
    Flag,

    /// <summary>A list.</summary>
    List,

    /// <summary>An object in an array: the element is there, whatever is in it. It has no value.</summary>
    Element,
}
