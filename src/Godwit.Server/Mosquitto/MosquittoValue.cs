namespace Godwit.Server.Mosquitto;

/// <summary>How the rest of a line is read.</summary>
public enum MosquittoValue
{
    /// <summary><c>true</c> or <c>false</c>, <c>1</c> or <c>0</c>; small letters.</summary>
    Switch,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>The rest of the line without the spaces around it; it may hold spaces, and a <c>#</c> is a part of it.</summary>
    Text,

    /// <summary>Words with spaces between them.</summary>
    Words,
}
